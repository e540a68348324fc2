import type { Snippet } from './snippet.ts'

export const php: Snippet = {
  name: 'php',
  words: 'PHP',
  code: ({ id, timestamp, signature }) => `<?php

/** Headers with names in small letters; the body as it came: file_get_contents('php://input'). */
function verify(array $headers, string $body, string $secret): void
{
    $id = $headers['${id}'] ?? '';
    $timestamp = $headers['${timestamp}'] ?? '';
    if (!ctype_digit($timestamp) || abs(time() - (int) $timestamp) > 300) {
        throw new RuntimeException('The timestamp is too far from now.');
    }

    $key = base64_decode(preg_replace('/^whsec_/', '', $secret));
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
    // Several while the secret is rotated.
    foreach (explode(' ', $headers['${signature}'] ?? '') as $one) {
        if (hash_equals($expected, $one)) {
            return;
        }
    }
    throw new RuntimeException('The signature is wrong.');
}
`,
}
