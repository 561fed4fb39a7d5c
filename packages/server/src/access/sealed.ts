// Owns: texts that only this platform can read and has made: what a browser keeps for us, and private keys in the database.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export type Seal = ReturnType<typeof createSeal>

const nonceBytes = 12
const tagBytes = 16

/** AES-256-GCM. `key`: 32 bytes, of one purpose. What is sealed in one context opens in no other. */
export function createSeal(key: Buffer) {
  return {
    /** base64url of nonce, cipher and tag. */
    seal(text: string, { context }: { context: string }): string {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
    },

    /** Undefined where it was not sealed here, in this context, or was changed. */
    open(sealed: string, { context }: { context: string }): string | undefined {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < nonceBytes + tagBytes) return undefined
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(-tagBytes))
      try {
        return decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        return undefined
      }
    },
  }
}
