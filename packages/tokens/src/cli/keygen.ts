// Owns: the command keygen.
import { closeSync, existsSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { generateKeyPair, importPublicKey } from '../keys.ts'
import { type Answer, type Terminal, UsageError } from './terminal.ts'

/** What keygen is told. */
export interface KeygenOptions {
  /** The folder for private.pem and public.pem. */
  readonly out: string
  readonly json: boolean
}

function write(path: string, text: string, mode: number): void {
  // 'wx' never overwrites: a private key that is lost locks its owner out.
  const file = openSync(path, 'wx', mode)
  writeSync(file, text)
  closeSync(file)
}

/** Makes a key pair and writes it to two files that must not exist; the private one is readable by its owner alone. */
export function keygen(options: KeygenOptions, terminal: Terminal): Answer {
  const privateKeyFile = `${options.out}/private.pem`
  const publicKeyFile = `${options.out}/public.pem`
  const existing = [privateKeyFile, publicKeyFile].find((path) => existsSync(path))
  if (existing !== undefined) {
    const says = `${existing} exists and is not overwritten.`
    if (options.json) terminal.out(JSON.stringify({ ok: false, code: 'file_exists', says }))
    else terminal.err(says)
    return 'refused'
  }
  const pair = generateKeyPair()
  try {
    mkdirSync(options.out, { recursive: true })
    write(privateKeyFile, pair.privateKey, 0o600)
    write(publicKeyFile, pair.publicKey, 0o644)
  } catch (error) {
    throw new UsageError(`--out: ${options.out} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`)
  }
  const { thumbprint } = importPublicKey(pair.publicKey)
  if (options.json) {
    terminal.out(JSON.stringify({ ok: true, privateKeyFile, publicKeyFile, publicKey: pair.publicKey, thumbprint }))
    return 'yes'
  }
  terminal.out(
    [
      `${privateKeyFile}  signs. It stays on your server and is given to nobody, the platform included.`,
      `${publicKeyFile}   is declared to the platform, which answers with a kid.`,
      `Thumbprint (RFC 7638): ${thumbprint}`,
    ].join('\n'),
  )
  return 'yes'
}
