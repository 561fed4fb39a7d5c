require 'jwt'
require 'openssl'
require 'securerandom'

ORGANIZATION = 'ORGANIZATION_ID'
PROGRAM = 'PROGRAM_ID'
KEY_NAME = 'KID'
PRIVATE_KEY = OpenSSL::PKey.read(File.read('private.pem'))

# A token for one of your users, good for coming in during the next five minutes.
def attendee_token(user)
  now = Time.now.to_i
  JWT.encode(
    {
      organization_id: ORGANIZATION,
      token_use: 'selfcontained-access',
      sub: user[:id],
      given_name: user[:first_name],
      family_name: user[:last_name],
      email: user[:email],
      roles: [{ name: 'ROLE_ATTENDEE', eventId: PROGRAM }],
      sharePersonalData: false,
      iat: now,
      nbf: now,
      exp: now + 300,
      jti: SecureRandom.uuid
    },
    PRIVATE_KEY,
    'ES256',
    { kid: KEY_NAME, typ: 'JWT' }
  )
end

if __FILE__ == $PROGRAM_NAME
  puts attendee_token(id: '4711', first_name: 'Ada', last_name: 'Lovelace', email: 'ada@aldermoor.example')
end
