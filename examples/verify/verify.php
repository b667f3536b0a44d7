<?php
// Proves a number with PHP 8.0 or later: SEKISHO_URL=https://login.example.co.jp SEKISHO_KEY=… php verify.php 090-1234-5678 203.0.113.7

declare(strict_types=1);

/** Calls the API and returns the status and the answer; a refusal is an answer. */
function call(string $path, array $body, array $headers = []): array
{
    $context = stream_context_create(['http' => [
        'method' => 'POST',
        'header' => array_merge(['Authorization: Bearer ' . getenv('SEKISHO_KEY'), 'Content-Type: application/json'], $headers),
        'content' => json_encode($body, JSON_THROW_ON_ERROR),
        'ignore_errors' => true,
        'follow_location' => 0,
        'timeout' => 15,
    ]]);
    $answer = file_get_contents(getenv('SEKISHO_URL') . '/api/v1' . $path, false, $context);
    if ($answer === false) {
        throw new RuntimeException('no answer');
    }
    preg_match('/^HTTP\/\S+ (\d{3})/', $http_response_header[0], $status);
    return [(int) $status[1], json_decode($answer, true, 16, JSON_THROW_ON_ERROR)];
}

// The same key again within a day gives the same answer: a repeated call sends nothing twice.
// The address of the person, in your server that of the request: it keeps one person from having many numbers texted.
$person = isset($argv[2]) ? ['clientIp' => $argv[2]] : [];
[$status, $made] = call('/verifications', ['to' => $argv[1], 'channel' => 'sms', 'locale' => 'ja'] + $person, ['Idempotency-Key: ' . bin2hex(random_bytes(16))]);
if ($status !== 201) {
    fwrite(STDERR, "送れませんでした: {$made['code']}\n");
    exit(1);
}
// In your server, keep the id in the session of the person, never in the browser.
echo "{$made['to']} に認証コードを送りました。電話で聞くときは call と入力してください。\n認証コード: ";

while (($line = fgets(STDIN)) !== false) {
    $code = trim($line);
    if ($code === 'call') {
        [$status, $sent] = call("/verifications/{$made['id']}/send", ['channel' => 'voice']);
        echo $status === 202 ? "電話でお伝えします。\n" : "電話をかけられませんでした: {$sent['code']}\n";
        continue;
    }
    [$status, $checked] = call("/verifications/{$made['id']}/check", ['code' => $code]);
    if ($status === 200) {
        echo "approved\n";
        exit(0);
    }
    if ($status !== 422) {
        fwrite(STDERR, "終わりました: {$checked['code']}\n");
        exit(1);
    }
    fwrite(STDERR, $checked['code'] === 'code_wrong' ? "違います。あと{$checked['attemptsLeft']}回です。\n" : "6桁の数字を入力してください。\n");
}
exit(1);
