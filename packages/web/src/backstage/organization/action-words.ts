// Owns: the words for what the audit log keeps.

const words: Readonly<Record<string, string>> = {
  'organization.created': 'Created the organization',
  'organization.changed': 'Changed the organization',
  'member.joined': 'Joined the team',
  'member.role-changed': 'Changed the role of',
  'member.removed': 'Removed from the team',
  'invitation.made': 'Invited',
  'invitation.withdrawn': 'Withdrew the invitation of',
  'api-key.made': 'Made the API key',
  'api-key.revoked': 'Revoked the API key',
  'key.declared': 'Declared the partner key',
  'key.changed': 'Changed the partner key',
  'key.retired': 'Set an end to the partner key',
  'key.revoked': 'Revoked the partner key',
  'jwks-source.added': 'Added the address of keys',
  'jwks-source.changed': 'Changed the address of keys',
  'jwks-source.fetched': 'Fetched the keys of',
  'jwks-source.key-revoked': 'Revoked a published key of',
  'jwks-source.removed': 'Removed the address of keys',
  'saml.prepared': 'Prepared the sign-in with company accounts',
  'saml.changed': 'Changed the sign-in with company accounts',
  'saml.metadata-fetched': 'Fetched the metadata of',
  'saml.certificate-made': 'Made the next certificate of',
  'saml.certificate-changed': 'Changed the certificate of',
  'saml.removed': 'Removed the sign-in with company accounts',
  'program.created': 'Created the program',
  'program.changed': 'Edited the program',
  'program.deleted': 'Deleted the program',
  'program.duplicated': 'Duplicated the program',
  'program.state-changed': 'Changed the state of',
  'program.image-changed': 'Changed a picture of',
  'program.image-removed': 'Removed a picture of',
  'screen-link.made': 'Made the link to the big screen',
  'screen-link.revoked': 'Revoked the link to the big screen',
  'slide.uploaded': 'Uploaded a slide to',
  'prepared.made': 'Prepared',
  'prepared.changed': 'Edited what is prepared:',
  'prepared.deleted': 'Deleted what was prepared:',
  'prepared.duplicated': 'Duplicated what is prepared:',
  'prepared.imported': 'Imported what is prepared into',
  'stream.input-chosen': 'Chose the input of',
  'stream.key-rotated': 'Rotated stream keys of',
  'recording.deleted': 'Deleted a recording of',
  'activity.exported': 'Exported an activity of',
  'attendee.visit-ended': 'Ended the visit of',
  'revocation.made': 'Kept out, by a revocation of',
  'revocation.lifted': 'Lifted the revocation of',
}

export const actionNames = Object.keys(words)

/** What an action of the audit log was; one without words of its own is told by its name. */
export function actionWords(action: string): string {
  return words[action] ?? action
}
