const { randomUUID } = require('node:crypto')
const { readFileSync } = require('node:fs')
const jwt = require('jsonwebtoken')

const organizationId = 'ORGANIZATION_ID'
const programId = 'PROGRAM_ID'
const kid = 'KID'
const privateKey = readFileSync('private.pem')

/** A token for one of your users, good for coming in during the next five minutes. */
function attendeeToken(user) {
  const now = Math.floor(Date.now() / 1000)
  return jwt.sign(
    {
      organization_id: organizationId,
      token_use: 'selfcontained-access',
      sub: user.id,
      given_name: user.firstName,
      family_name: user.lastName,
      email: user.email,
      roles: [{ name: 'ROLE_ATTENDEE', eventId: programId }],
      sharePersonalData: false,
      iat: now,
      nbf: now,
      exp: now + 300,
      jti: randomUUID(),
    },
    privateKey,
    { algorithm: 'ES256', keyid: kid },
  )
}

module.exports = { attendeeToken }

if (require.main === module) {
  console.log(attendeeToken({ id: '4711', firstName: 'Ada', lastName: 'Lovelace', email: 'ada@aldermoor.example' }))
}
