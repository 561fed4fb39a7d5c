// Owns: the public surface of @voila/tokens.
export { isPlausibleEmail } from './email.ts'
export {
  KeyError,
  type KeyErrorCode,
  keyErrorCodes,
  keyErrors,
  TokenError,
  type TokenErrorCode,
  tokenErrorCodes,
  tokenErrors,
} from './errors.ts'
export { type Check, type CheckId, checkIds, type Inspection, type InspectOptions, inspectToken } from './inspect.ts'
export type { KeyFacts } from './key-state.ts'
export { generateKeyPair, type ImportedKey, importPublicKey, type KeyPair } from './keys.ts'
export { cleanName, maxNameUnits } from './names.ts'
export type { TokenProgram } from './roles.ts'
export { type AttendeeClaims, type RoleClaim, type SignOptions, signToken } from './sign.ts'
export type { JsonObject, JsonValue } from './strict-json.ts'
export { type PartnerKey, type VerifiedToken, type VerifyOptions, verifyToken } from './verify.ts'
export { type TokenWarning, tokenWarnings } from './warnings.ts'
