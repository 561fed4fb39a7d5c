import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { signToken } from '@voila/tokens'

const organizationId = 'ORGANIZATION_ID'
const programId = 'PROGRAM_ID'
const kid = 'KID'
const privateKey = readFileSync('private.pem', 'utf8')

/** A token for one of your users, good for coming in during the next five minutes. Throws where the platform would refuse it. */
export function attendeeToken(user) {
  return signToken(
    {
      organization_id: organizationId,
      sub: user.id,
      given_name: user.firstName,
      family_name: user.lastName,
      email: user.email,
      roles: [{ name: 'ROLE_ATTENDEE', eventId: programId }],
      sharePersonalData: false,
    },
    { privateKey, kid, expiresInSeconds: 300 },
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(attendeeToken({ id: '4711', firstName: 'Ada', lastName: 'Lovelace', email: 'ada@aldermoor.example' }))
}
