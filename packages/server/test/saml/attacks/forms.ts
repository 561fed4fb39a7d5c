// Owns: attacks by what is no answer at all.
import { deflateRawSync } from 'node:zlib'
import { fieldOf } from '../idp.ts'
import { type Attack, edited, honestAnswer, saidAround, signedAssertion } from './tools.ts'

export const forms: readonly Attack[] = [
  { name: 'a logout response', meets: ['saml_malformed'], xml: saidAround((r) => r.replaceAll('samlp:Response', 'samlp:LogoutResponse')) },
  { name: 'a request', meets: ['saml_malformed'], xml: saidAround((r) => r.replaceAll('samlp:Response', 'samlp:AuthnRequest')) },
  {
    name: 'a response of SAML 1.1',
    meets: ['saml_malformed'],
    xml: saidAround((r) => edited(r, 'SAML:2.0:protocol', 'SAML:1.0:protocol')),
  },
  { name: 'the assertion without a response', meets: ['saml_malformed'], xml: signedAssertion },
  { name: 'a page', meets: ['saml_malformed'], xml: () => '<html><body>no</body></html>' },
  { name: 'a larger answer than any', meets: ['saml_malformed'], xml: saidAround((r) => edited(r, 'Amélie', 'a'.repeat(270_000))) },
  { name: 'nothing', meets: ['saml_malformed'], field: () => '' },
  { name: 'no Base64', meets: ['saml_malformed'], field: () => '<samlp:Response/>' },
  {
    name: 'Base64 with something between',
    meets: ['saml_malformed'],
    field: (world) => fieldOf(honestAnswer(world)).replace(/(?<=.{100})/, '*'),
  },
  { name: 'base64url', meets: ['saml_malformed'], field: () => '____' },
  { name: 'what was compressed', meets: ['saml_malformed'], field: (world) => deflateRawSync(honestAnswer(world)).toString('base64') },
  {
    name: 'UTF-16',
    meets: ['saml_malformed'],
    field: (world) => Buffer.from(`\uFEFF${honestAnswer(world)}`, 'utf16le').toString('base64'),
  },
  {
    name: 'bytes that are no UTF-8',
    meets: ['saml_malformed'],
    field: (world) => Buffer.from(honestAnswer(world).replace('Amélie', 'Am\u00e9lie'), 'latin1').toString('base64'),
  },
]
