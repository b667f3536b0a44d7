<?php
// An application as there are many: it believes REMOTE_USER. Nothing in it knows of Sekisho.
header('Content-Type: text/plain; charset=utf-8');
header('Cache-Control: no-store');

echo "user: ", $_SERVER['REMOTE_USER'] ?? '', "\n";
echo "email: ", $_SERVER['REMOTE_EMAIL'] ?? '', "\n";
echo "groups: ", $_SERVER['REMOTE_GROUPS'] ?? '', "\n";
echo "level: ", $_SERVER['REMOTE_ACR'] ?? '', "\n";
$forwarded = array_map(fn ($name) => ($_SERVER["HTTP_X_FORWARDED_$name"] ?? '') ?: '-', ['FOR', 'HOST', 'PROTO', 'URI', 'METHOD']);
echo "forwarded: ", implode(' ', $forwarded), ' ', ($_SERVER['HTTP_FORWARDED'] ?? '') ?: '-', "\n";
echo "page: ", $_SERVER['REQUEST_METHOD'], ' ', $_SERVER['REQUEST_URI'], "\n";
