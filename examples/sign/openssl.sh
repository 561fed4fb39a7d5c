#!/bin/sh
# A token for one of your users, good for coming in during the next five minutes: sh openssl.sh ID GIVEN_NAME FAMILY_NAME EMAIL
set -eu

organization_id='ORGANIZATION_ID'
program_id='PROGRAM_ID'
kid='KID'

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
json_text() { printf '"%s"' "$(printf '%s' "$1" | tr -d '[:cntrl:]' | sed 's/[\\"]/\\&/g')"; }

now=$(date +%s)
header=$(printf '{"alg":"ES256","typ":"JWT","kid":"%s"}' "$kid" | base64url)
payload=$(base64url <<JSON
{
  "organization_id": "$organization_id",
  "token_use": "selfcontained-access",
  "sub": $(json_text "${1:-4711}"),
  "given_name": $(json_text "${2:-Ada}"),
  "family_name": $(json_text "${3:-Lovelace}"),
  "email": $(json_text "${4:-ada@aldermoor.example}"),
  "roles": [{ "name": "ROLE_ATTENDEE", "eventId": "$program_id" }],
  "sharePersonalData": false,
  "iat": $now,
  "nbf": $now,
  "exp": $((now + 300)),
  "jti": "$(openssl rand -hex 16)"
}
JSON
)

# openssl signs in DER: two numbers of any length. A token wants them as 32 bytes each, one behind the other.
numbers=$(printf '%s.%s' "$header" "$payload" | openssl dgst -sha256 -sign private.pem -binary |
  openssl asn1parse -inform DER | sed -n 's/.*INTEGER *://p')
signature=$(for number in $numbers; do printf '%64s\n' "$number"; done | tr ' ' 0 | fold -w 2 |
  while read -r byte; do printf "\\$(printf '%03o' "0x$byte")"; done | base64url)

printf '%s.%s.%s\n' "$header" "$payload" "$signature"
