// Owns: how the metadata of an identity provider is read.
import { X509Certificate } from 'node:crypto'
import { type MetadataProblem, metadataProblems, Refusal } from '@voila/protocol'
import { namespaces } from './vocabulary.ts'
import { childrenOf, everyElement, parseXml, type XmlElement, XmlError } from './xml.ts'

/** What is known of an identity provider, as it is kept. */
export type IdentityProvider = {
  readonly entityId: string
  /** Where people are sent, by HTTP-Redirect. */
  readonly ssoUrl: string
  /** PEM; any of them may have signed. */
  readonly certificates: readonly string[]
}

const md = 'urn:oasis:names:tc:SAML:2.0:metadata'
const redirectBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'
const leastRsaBits = 2_048
const maxCertificates = 10
const maxEntityIdUnits = 1_024

export const metadataRefusal = (problem: MetadataProblem): Refusal => new Refusal('saml_metadata', { detail: metadataProblems[problem] })

/** People's browsers go there, with a request that says who sends them; on this machine itself nobody listens in between. */
function isGoodAddress(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname } = new URL(address)
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
}

function descriptorsIn(root: XmlElement): { entity: XmlElement; provider: XmlElement }[] {
  const entities = [...everyElement(root)].filter(({ namespace, name }) => namespace === md && name === 'EntityDescriptor')
  return entities.flatMap((entity) =>
    childrenOf(entity, md, 'IDPSSODescriptor')
      .filter(({ attributes }) => attributes.get('protocolSupportEnumeration')?.split(/\s+/).includes(namespaces.samlp) === true)
      .map((provider) => ({ entity, provider })),
  )
}

function certificatesIn(provider: XmlElement): string[] {
  const texts = childrenOf(provider, md, 'KeyDescriptor')
    .filter(({ attributes }) => (attributes.get('use') ?? 'signing') === 'signing')
    .flatMap((descriptor) => [...everyElement(descriptor)])
    .filter(({ namespace, name }) => namespace === namespaces.ds && name === 'X509Certificate')
    .map(({ text }) => text.replace(/\s+/g, ''))
  return [...new Set(texts)].slice(0, maxCertificates).map((text) => {
    try {
      const certificate = new X509Certificate(Buffer.from(text, 'base64'))
      const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey
      if (asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) < leastRsaBits)
        throw metadataRefusal('weak_certificate')
      return certificate.toString()
    } catch (error) {
      throw error instanceof Refusal ? error : metadataRefusal('no_certificate')
    }
  })
}

/**
 * Reads what an identity provider says of itself (SAML metadata 2.0). It is believed because of where it came from: pasted by somebody of
 * the team, or from an https address that he gave.
 *
 * @param now  Unix milliseconds
 * @throws Refusal saml_metadata, its detail the sentence of `metadataProblems`
 */
export function readMetadata(xml: string, { now }: { now: number }): IdentityProvider {
  let root: XmlElement
  try {
    root = parseXml(xml.replace(/^\uFEFF/, ''), { plain: false })
  } catch (error) {
    if (error instanceof XmlError) throw metadataRefusal('not_xml')
    throw error
  }
  if (root.namespace !== md || !['EntityDescriptor', 'EntitiesDescriptor'].includes(root.name)) throw metadataRefusal('not_metadata')
  const [found, ...more] = descriptorsIn(root)
  if (found === undefined) throw metadataRefusal('no_identity_provider')
  if (more.length > 0) throw metadataRefusal('several_identity_providers')
  const { entity, provider } = found
  const until = [root, entity, provider].map(({ attributes }) => attributes.get('validUntil')).filter((text) => text !== undefined)
  if (until.some((text) => !(Date.parse(text) > now))) throw metadataRefusal('outdated')
  const entityId = entity.attributes.get('entityID')?.trim() ?? ''
  if (entityId === '' || entityId.length > maxEntityIdUnits) throw metadataRefusal('no_identity_provider')
  const ssoUrl = childrenOf(provider, md, 'SingleSignOnService')
    .filter(({ attributes }) => attributes.get('Binding') === redirectBinding)
    .map(({ attributes }) => attributes.get('Location') ?? '')
    .find(isGoodAddress)
  if (ssoUrl === undefined) throw metadataRefusal('no_redirect')
  const certificates = certificatesIn(provider)
  if (certificates.length === 0) throw metadataRefusal('no_certificate')
  return { entityId, ssoUrl, certificates }
}
