<?php

function base64url(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

/** openssl signs in DER: two numbers of any length. A token wants them as 32 bytes each, one behind the other. */
function numbersOf(string $der): string
{
    $numbers = '';
    for ($at = 2; $at < strlen($der); $at += 2 + ord($der[$at + 1])) {
        $number = ltrim(substr($der, $at + 2, ord($der[$at + 1])), "\0");
        $numbers .= str_pad($number, 32, "\0", STR_PAD_LEFT);
    }
    return $numbers;
}

/** A token for one of your users, good for coming in during the next five minutes. */
function attendeeToken(array $user): string
{
    $organizationId = 'ORGANIZATION_ID';
    $programId = 'PROGRAM_ID';
    $kid = 'KID';
    $now = time();

    $header = ['alg' => 'ES256', 'typ' => 'JWT', 'kid' => $kid];
    $claims = [
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
    ];
    $signed = base64url(json_encode($header, JSON_THROW_ON_ERROR)) . '.' . base64url(json_encode($claims, JSON_THROW_ON_ERROR));
    if (!openssl_sign($signed, $signature, file_get_contents('private.pem'), OPENSSL_ALGO_SHA256)) {
        throw new RuntimeException(openssl_error_string());
    }
    return $signed . '.' . base64url(numbersOf($signature));
}

if (realpath($_SERVER['SCRIPT_FILENAME']) === __FILE__) {
    echo attendeeToken(['id' => '4711', 'firstName' => 'Ada', 'lastName' => 'Lovelace', 'email' => 'ada@aldermoor.example']), "\n";
}
