<?php

require 'vendor/autoload.php';

use Firebase\JWT\JWT;

/** A token for one of your users, good for coming in during the next five minutes. */
function attendeeToken(array $user): string
{
    $organizationId = 'ORGANIZATION_ID';
    $programId = 'PROGRAM_ID';
    $kid = 'KID';
    $privateKey = file_get_contents('private.pem');
    $now = time();

    return JWT::encode([
        'organization_id' => $organizationId,
        'token_use' => 'selfcontained-access',
        'sub' => $user['id'],
        'given_name' => $user['firstName'],
        'family_name' => $user['lastName'],
        'email' => $user['email'],
        'roles' => [['name' => 'ROLE_ATTENDEE', 'eventId' => $programId]],
        'sharePersonalData' => false,
        'iat' => $now,
        'nbf' => $now,
        'exp' => $now + 300,
        'jti' => bin2hex(random_bytes(16)),
    ], $privateKey, 'ES256', $kid);
}

echo attendeeToken(['id' => '4711', 'firstName' => 'Ada', 'lastName' => 'Lovelace', 'email' => 'ada@aldermoor.example']), "\n";
