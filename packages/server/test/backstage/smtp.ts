// Owns: a mail server for tests: it takes whatever is sent to it and keeps the text.
import { type AddressInfo, createServer, type Socket } from 'node:net'

export type Mails = { readonly url: string; readonly received: { to: string; text: string }[]; close(): Promise<void> }

/** What is said of a quoted-printable text (RFC 2045, 6.7), which long lines become. */
const unquoted = (text: string): string =>
  Buffer.from(
    text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8')

function converse(socket: Socket, received: Mails['received']): void {
  let to = ''
  let lines: string[] | undefined
  let rest = ''
  const say = (line: string): boolean => socket.write(`${line}\r\n`)
  function hear(line: string): void {
    if (lines !== undefined) {
      if (line !== '.') {
        lines.push(line)
        return
      }
      received.push({ to, text: unquoted(lines.join('\r\n')) })
      lines = undefined
      say('250 kept')
    } else if (/^DATA/i.test(line)) {
      lines = []
      say('354 go on')
    } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n')
    else {
      to = /^RCPT TO:<([^>]*)>/i.exec(line)?.[1] ?? to
      say('250 ok')
    }
  }
  socket.on('data', (chunk) => {
    const all = (rest + chunk.toString('latin1')).split('\r\n')
    rest = all.pop() ?? ''
    for (const line of all) hear(line)
  })
  socket.on('error', () => socket.destroy())
  say('220 test')
}

export async function startMails(): Promise<Mails> {
  const received: Mails['received'] = []
  const server = createServer((socket) => converse(socket, received))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
