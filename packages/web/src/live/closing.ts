// Owns: what the end of a socket means: which refusal it was, and whether to connect again.
import { type ErrorCode, errorRow, errors, isErrorCode, type Retry } from '@voila/protocol'

/** Several refusals share a close code; without a reason in the close frame these are meant. */
const preferred: readonly ErrorCode[] = ['session_revoked', 'session_expired', 'program_archived']

const byClose = new Map<number, ErrorCode>()
for (const code of [...preferred, ...(Object.keys(errors) as ErrorCode[])]) {
  const { close } = errorRow(code)
  if (close !== undefined && !byClose.has(close)) byClose.set(close, code)
}

/** `code` is undefined where the connection was merely lost. */
export type Closing = { readonly code: ErrorCode | undefined; readonly retry: Retry }

/** Reads a close frame: the refusal that its reason names, else the one that its code stands for, else a lost connection. */
export function readClose(closeCode: number, reason: string): Closing {
  const code = isErrorCode(reason) ? reason : byClose.get(closeCode)
  return code === undefined ? { code: undefined, retry: 'reconnect' } : { code, retry: errorRow(code).retry }
}

/** Whether nothing but a new token, or nothing at all, leads back in. */
export function isTerminal(retry: Retry): boolean {
  return retry === 'never' || retry === 'new-token'
}
