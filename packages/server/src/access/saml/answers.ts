// Owns: how a connection is shown to the organization.
import { X509Certificate } from 'node:crypto'
import type { SamlAnswer } from '@voila/protocol'
import type { Connection } from './connections.ts'
import type { Addresses } from './service-provider.ts'

const instant = (ms: number): string => new Date(ms).toISOString()

function certificateAnswer(pem: string) {
  const { fingerprint256, subject, validTo } = new X509Certificate(pem)
  return {
    fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
    subject: subject.replaceAll('\n', ', '),
    notAfter: instant(Date.parse(validTo)),
  }
}

export function samlAnswer(
  connection: Connection,
  { addresses, openSessions }: { addresses: Addresses; openSessions: number },
): SamlAnswer {
  const { identityProvider: provider, metadataAt } = connection
  return {
    enabled: connection.enabled,
    identityProvider:
      provider === null
        ? null
        : { entityId: provider.entityId, ssoUrl: provider.ssoUrl, certificates: provider.certificates.map(certificateAnswer) },
    metadata: {
      url: connection.metadataUrl,
      readAt: metadataAt === null ? null : instant(metadataAt),
      problem: connection.metadataProblem,
    },
    serviceProvider: {
      ...addresses,
      certificates: connection.certificates.map(({ state, certificate, createdAt }) => ({
        ...certificateAnswer(certificate),
        state,
        pem: certificate,
        createdAt: instant(createdAt),
      })),
    },
    mapping: connection.mapping,
    consent: connection.consent,
    idpInitiated: connection.idpInitiated,
    openSessions,
  }
}
