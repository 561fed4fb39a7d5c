// Owns: the names under which a session remembers what admitted it, so that revoking that thing finds its sessions.

/**
 * Of a partner key it is the kid, which is unique over all organizations. What follows has a colon, which no kid has: an organization can
 * publish keys under whatever kid it likes, another's too.
 */
export type AdmittedBy =
  | { readonly kind: 'partner-key'; readonly kid: string }
  | { readonly kind: 'jwks'; readonly sourceId: string; readonly kid: string }
  | { readonly kind: 'saml'; readonly organizationId: string }
  /** Nothing did: the program is public. */
  | { readonly kind: 'open-door'; readonly programId: string }

export function nameOf(by: AdmittedBy): string {
  if (by.kind === 'partner-key') return by.kid
  if (by.kind === 'open-door') return `open-door:${by.programId}`
  return by.kind === 'jwks' ? `jwks:${by.sourceId}:${by.kid}` : `saml:${by.organizationId}`
}

export function readName(name: string): AdmittedBy {
  const [kind, id = '', kid = ''] = name.split(':')
  if (kind === 'jwks') return { kind, sourceId: id, kid }
  if (kind === 'open-door') return { kind, programId: id }
  if (kind === 'saml') return { kind, organizationId: id }
  return { kind: 'partner-key', kid: name }
}
