// Owns: which token a pasted text is, read in this browser: nothing of it is sent but the three values that name it.
import { inspectToken } from '@voila/tokens/inspect'
import { tokenIn } from '../inspector/judge.ts'

export type NamedToken = { readonly kid: string; readonly jti: string; readonly subject: string }

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** undefined where the text is no token, or none that could ever have let anybody in. */
export function namedTokenIn(pasted: string): NamedToken | undefined {
  const { header, claims } = inspectToken(tokenIn(pasted))
  const kid = text(header?.kid)
  const jti = text(claims?.jti)
  const subject = text(claims?.sub) ?? text(claims?.email)?.toLowerCase()
  return kid === undefined || jti === undefined || subject === undefined ? undefined : { kid, jti, subject }
}
