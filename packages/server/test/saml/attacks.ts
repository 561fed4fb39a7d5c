// Owns: the attacks on SAML answers, as one table: how each is made, and the refusal that it must meet. Those of many answers are in login.test.ts.

import { algorithmAttacks } from './attacks/algorithms.ts'
import { ciphers } from './attacks/ciphers.ts'
import { contents } from './attacks/contents.ts'
import { forms } from './attacks/forms.ts'
import { signatures } from './attacks/signatures.ts'
import { texts } from './attacks/texts.ts'
import type { Attack } from './attacks/tools.ts'
import { wrapping } from './attacks/wrapping.ts'

export type { World } from './attacks/tools.ts'

export const attacks: readonly Attack[] = [...wrapping, ...signatures, ...texts, ...algorithmAttacks, ...ciphers, ...contents, ...forms]
