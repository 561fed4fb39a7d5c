// Owns: the mails that the platform sends: invitations, and links for a new password.
import { createTransport } from 'nodemailer'
import type { Config } from '../config.ts'

export type Mail = {
  /** @throws whatever the server of SMTP_URL says */
  send(message: { to: string; subject: string; text: string }): Promise<void>
  close(): void
}

/** A server that does not answer must not hold a request up for longer. */
const timeoutMs = 10_000

/** undefined where no server is configured. */
export function createMail({ mail }: Pick<Config, 'mail'>): Mail | undefined {
  if (mail === undefined) return undefined
  const transport = createTransport({
    url: mail.smtpUrl,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  })
  return {
    async send(message) {
      await transport.sendMail({ from: mail.from, ...message })
    },
    close: () => transport.close(),
  }
}
