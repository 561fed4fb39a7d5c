#!/bin/sh
# Prints the link with which one person comes in during the next five minutes: sh link.sh ID GIVEN_NAME FAMILY_NAME EMAIL
set -eu

printf '%s?token=%s\n' 'VOILA_URL/PROGRAM_ID' "$(sh sign/openssl.sh "$@")"
