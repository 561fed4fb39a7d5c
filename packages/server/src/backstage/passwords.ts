// Owns: how passwords are kept.
import { hash, verify } from '@node-rs/argon2'

// Its defaults are Argon2id with the parameters that OWASP recommends (19 MiB, 2 passes, 1 lane), in a thread of libuv.

export const hashPassword = (password: string): Promise<string> => hash(password)

export const verifyPassword = (given: { hash: string; password: string }): Promise<boolean> => verify(given.hash, given.password)
