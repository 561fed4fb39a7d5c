<?php

require 'sign/php-openssl.php';

$platform = 'VOILA_URL';
$show = "$platform/PROGRAM_ID";

header("content-security-policy: default-src 'self'; script-src 'self' $platform; frame-src $platform");
session_cache_limiter('nocache');
session_start(['name' => 'aldermoor', 'cookie_httponly' => true, 'cookie_samesite' => 'Lax', 'use_strict_mode' => true]);
header('cache-control: no-store');

// This is your own sign-in's place.
$user = $_SESSION['user'] ?? null;

function signIn(): void
{
    foreach (json_decode(file_get_contents('users.json'), true) as $each) {
        if ($each['email'] === ($_POST['email'] ?? '') && $each['password'] === ($_POST['password'] ?? '')) {
            session_regenerate_id(true);
            $_SESSION['user'] = $each;
            header('location: /', true, 303);
            return;
        }
    }
    http_response_code(401);
    echo 'This address and this password do not go together.';
}

$asked = $_SERVER['REQUEST_METHOD'] . ' ' . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($user === null && in_array($asked, ['GET /watch', 'GET /all-hands'], true)) {
    header('location: /', true, 302);
} elseif ($asked === 'GET /') {
    readfile('start.html');
} elseif ($asked === 'POST /sign-in') {
    signIn();
} elseif ($asked === 'GET /all-hands') {
    header('referrer-policy: no-referrer');
    header("location: $show?token=" . attendeeToken($user), true, 302);
} elseif ($asked === 'GET /watch') {
    readfile('watch.html');
} elseif ($asked === 'GET /watch.js') {
    header('content-type: text/javascript');
    readfile('watch.js');
} elseif ($asked === 'POST /voila-token' && $user !== null) {
    header('content-type: text/plain');
    echo attendeeToken($user);
} else {
    http_response_code($asked === 'POST /voila-token' ? 401 : 404);
}
