<?php
// Runs before every script (auto_prepend_file): believes the signed assertion and no other header, and sets REMOTE_USER as Apache would.
// SEKISHO_ORIGIN: https://login.example.co.jp. SEKISHO_AUDIENCE: the host of this application. SEKISHO_KEYS_URL: where the keys are read, if not at
// the origin.

(static function (): void {
    $header = (string) ($_SERVER['HTTP_SEKISHO_ASSERTION'] ?? '');
    foreach (array_keys($_SERVER) as $name) {
        // Every spelling of a header becomes one name in PHP, so what a client wrote goes too.
        if (preg_match('/^((HTTP_|REDIRECT_)*REMOTE_(USER|EMAIL|GROUPS|ACR)|HTTP_SEKISHO_.*)$/i', (string) $name) === 1) {
            unset($_SERVER[$name]);
        }
    }
    unset($_SERVER['PHP_AUTH_USER'], $_SERVER['PHP_AUTH_PW']);

    $claims = sekisho_claims($header, time());
    if ($claims === null) {
        http_response_code(403);
        header('Content-Type: text/plain; charset=utf-8');
        exit("ログインを確認できませんでした。ページを開き直してください。\nWe could not confirm your sign-in. Please open the page again.\n");
    }
    $_SERVER['REMOTE_USER'] = $claims['sub'];
    $_SERVER['REMOTE_EMAIL'] = $claims['email'];
    $_SERVER['REMOTE_GROUPS'] = implode(',', $claims['groups']);
    $_SERVER['REMOTE_ACR'] = $claims['acr'];
})();

/** The claims of an assertion that is valid here and now (RFC 7515, RFC 8037), or null. */
function sekisho_claims(string $assertion, int $now): ?array
{
    $parts = explode('.', $assertion);
    if (count($parts) !== 3) {
        return null;
    }
    [$head, $claims, $signature] = array_map('sekisho_decoded', $parts);
    $header = json_decode($head, true);
    $said = json_decode($claims, true);
    if (!is_array($header) || !is_array($said) || strlen($signature) !== SODIUM_CRYPTO_SIGN_BYTES) {
        return null;
    }
    if (($header['alg'] ?? '') !== 'EdDSA' || ($header['typ'] ?? '') !== 'sekisho-assertion+jwt' || !is_string($header['kid'] ?? null)) {
        return null;
    }
    $key = sekisho_key($header['kid'], $now);
    if ($key === null || !sodium_crypto_sign_verify_detached($signature, "{$parts[0]}.{$parts[1]}", $key)) {
        return null;
    }
    $leeway = 5;
    $fits = ($said['iss'] ?? '') === getenv('SEKISHO_ORIGIN')
        && ($said['aud'] ?? '') === getenv('SEKISHO_AUDIENCE')
        && is_int($said['iat'] ?? null) && $said['iat'] <= $now + $leeway
        && is_int($said['exp'] ?? null) && $said['exp'] > $now - $leeway;
    return $fits ? $said : null;
}

/** A published Ed25519 key by its name: from a file of the last reading, which is read again for an unknown name, at most every ten seconds. */
function sekisho_key(string $kid, int $now): ?string
{
    $origin = (string) getenv('SEKISHO_ORIGIN');
    $file = sys_get_temp_dir() . '/sekisho-keys-' . posix_geteuid() . '-' . hash('sha256', $origin) . '.json';
    for ($fresh = false; ; $fresh = true) {
        $kept = is_file($file) && fileowner($file) === posix_geteuid() ? (string) file_get_contents($file) : '';
        foreach (json_decode($kept, true)['keys'] ?? [] as $key) {
            if (($key['kid'] ?? '') === $kid && ($key['crv'] ?? '') === 'Ed25519') {
                $public = sekisho_decoded((string) ($key['x'] ?? ''));
                return strlen($public) === SODIUM_CRYPTO_SIGN_PUBLICKEYBYTES ? $public : null;
            }
        }
        if ($fresh || ($kept !== '' && $now - (int) filemtime($file) < 10)) {
            return null;
        }
        $host = (string) preg_replace('#^https?://#', '', $origin);
        $context = stream_context_create(['http' => ['header' => "Host: $host", 'timeout' => 3, 'follow_location' => 0]]);
        $read = @file_get_contents(getenv('SEKISHO_KEYS_URL') ?: "$origin/.well-known/jwks.json", false, $context);
        if ($read === false) {
            return null;
        }
        $new = (string) tempnam(dirname($file), 'sekisho');
        file_put_contents($new, $read);
        rename($new, $file);
        clearstatcache();
    }
}

/** Decodes base64url; an empty text for anything else. */
function sekisho_decoded(string $text): string
{
    return (string) base64_decode(strtr($text, '-_', '+/'), true);
}
