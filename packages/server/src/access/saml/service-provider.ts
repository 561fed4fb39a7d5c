// Owns: how this platform presents itself to an identity provider: addresses, metadata, and the request with which somebody is sent away.
import { generateServiceProviderMetadata, SAML, ValidateInResponseTo } from '@node-saml/node-saml'
import type { Connection } from './connections.ts'
import type { IdentityProvider } from './metadata.ts'

export type Addresses = { readonly entityId: string; readonly acsUrl: string; readonly metadataUrl: string }

/** Each organization has its own, so that an answer for one is no answer for another. */
export function addressesOf(baseUrl: string, organizationId: string): Addresses {
  const base = `${baseUrl}/saml/${organizationId}`
  return { entityId: `${base}/metadata`, acsUrl: `${base}/acs`, metadataUrl: `${base}/metadata` }
}

/** Our metadata: the present certificate to encrypt for, that and the next one to verify our requests with. */
export function serviceProviderMetadata({ certificates, privateKeys }: Connection, addresses: Addresses): string {
  const shown = certificates.filter(({ state }) => state !== 'previous').map(({ certificate }) => certificate)
  const [privateKey = ''] = privateKeys
  return generateServiceProviderMetadata({
    issuer: addresses.entityId,
    callbackUrl: addresses.acsUrl,
    identifierFormat: null,
    wantAssertionsSigned: true,
    privateKey,
    publicCerts: shown,
    decryptionPvk: privateKey,
    decryptionCert: shown[0] ?? null,
    // The library's own is another at each call, and identity providers that look again would see a change.
    generateUniqueId: () => '_voila',
  })
}

/** Where somebody is sent to sign in, with a signed request by HTTP-Redirect. */
export async function signInAddress(
  provider: IdentityProvider,
  { privateKeys }: Connection,
  addresses: Addresses,
  { requestId, relayState }: { requestId: string; relayState: string },
): Promise<string> {
  const saml = new SAML({
    issuer: addresses.entityId,
    callbackUrl: addresses.acsUrl,
    entryPoint: provider.ssoUrl,
    idpCert: [...provider.certificates],
    privateKey: privateKeys[0] ?? '',
    signatureAlgorithm: 'sha256',
    disableRequestedAuthnContext: true,
    identifierFormat: null,
    // What was asked is remembered by the browser, sealed: see logins.ts.
    validateInResponseTo: ValidateInResponseTo.never,
    generateUniqueId: () => requestId,
  })
  return await saml.getAuthorizeUrlAsync(relayState, undefined, {})
}
