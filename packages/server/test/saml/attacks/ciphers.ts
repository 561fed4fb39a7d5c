// Owns: attacks by what is encrypted, and should not be believed for that.
import { algorithms, assertionXml, encrypted } from '../idp.ts'
import { type Attack, assertionIn, ciphered, edited, evil, inside, mallory, signedAssertion, signedBy } from './tools.ts'

export const ciphers: readonly Attack[] = [
  { name: 'an encrypted assertion that nobody signed', meets: ['saml_signature'], xml: ciphered(({ facts }) => assertionXml(facts)) },
  {
    name: 'an encrypted assertion that a stranger signed',
    meets: ['saml_signature'],
    xml: ciphered((world) => assertionIn(signedBy({ key: world.stranger })(world))),
  },
  {
    name: 'an encrypted assertion with SHA-1 inside',
    meets: ['saml_signature'],
    xml: ciphered((world) => assertionIn(signedBy({ method: algorithms.rsaSha1 })(world))),
  },
  {
    name: 'an encrypted assertion with a comment inside',
    meets: ['saml_signature'],
    xml: ciphered((world) => edited(signedAssertion(world), '@aldermoor', '<!-- x -->@aldermoor')),
  },
  {
    name: 'an encrypted assertion with a DOCTYPE inside',
    meets: ['saml_signature'],
    xml: ciphered((world) => `<!DOCTYPE a [<!ENTITY e "x">]>${signedAssertion(world)}`),
  },
  {
    name: 'a forged assertion around the signed one, encrypted',
    meets: ['saml_signature'],
    xml: ciphered((world) => inside(evil(world), signedAssertion(world))),
  },
  {
    name: 'a forged assertion before the signed one, encrypted',
    meets: ['saml_signature'],
    xml: ciphered((world) => evil(world) + signedAssertion(world)),
  },
  {
    name: 'a name encrypted in place of an assertion',
    meets: ['saml_signature'],
    xml: ciphered(() => `<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${mallory}</saml:NameID>`),
  },
  { name: 'nothing, encrypted', meets: ['saml_signature'], xml: ciphered(() => ' ') },
  {
    name: 'an assertion encrypted for somebody else',
    meets: ['saml_signature'],
    xml: (world) => ciphered(signedAssertion, { certificate: world.stranger.certificate })(world),
  },
  {
    name: 'a cipher changed on the way (GCM)',
    meets: ['saml_signature'],
    xml: async (world) => edited(await ciphered(signedAssertion)(world), /(?<=<xenc:CipherValue>.{400})...../, 'AAAAA'),
  },
  {
    name: 'a cipher changed on the way (CBC)',
    meets: ['saml_signature'],
    xml: async (world) =>
      edited(
        await ciphered(signedAssertion, { algorithm: 'http://www.w3.org/2001/04/xmlenc#aes256-cbc' })(world),
        /(?<=<xenc:CipherValue>.{400})...../,
        'AAAAA',
      ),
  },
  {
    name: 'triple DES',
    meets: ['saml_algorithm'],
    xml: ciphered(signedAssertion, { algorithm: 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc' }),
  },
  {
    name: 'a key encrypted with RSA 1.5',
    meets: ['saml_algorithm'],
    xml: ciphered(signedAssertion, { keyAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-1_5' }),
  },
  {
    name: 'two encrypted keys',
    meets: ['saml_malformed'],
    xml: async (world) => {
      const xml = await ciphered(signedAssertion)(world)
      const key = /<e:EncryptedKey[\s\S]*<\/e:EncryptedKey>/.exec(xml)?.[0] ?? ''
      return edited(xml, '</saml:EncryptedAssertion>', `${key}</saml:EncryptedAssertion>`)
    },
  },
  {
    name: 'no encrypted key',
    meets: ['saml_malformed'],
    xml: async (world) => edited(await ciphered(signedAssertion)(world), /<e:EncryptedKey[\s\S]*<\/e:EncryptedKey>/, ''),
  },
  {
    name: 'a cipher that is to be fetched',
    meets: ['saml_malformed'],
    xml: async (world) =>
      edited(
        await ciphered(signedAssertion)(world),
        /<xenc:CipherValue>[\s\S]*<\/xenc:CipherValue>/,
        '<xenc:CipherReference URI="https://evil.example/x"/>',
      ),
  },
  {
    name: 'two encrypted assertions',
    meets: ['saml_malformed'],
    xml: async (world) =>
      inside(await ciphered(signedAssertion)(world), await encrypted(evil(world), { certificate: world.ours.certificate })),
  },
]
