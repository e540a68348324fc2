import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../../scripts/entries.ts'

/**
 * How a snippet is run: a program around it reads requests, one a line, and says of each `taken` or `refused`. A line has
 * words in base64: the secret, the body, and then names and values of headers.
 */
export interface Harness {
  /** The snippet's. */
  name: string
  program: string
  /** Arguments with which the program tells that it is there. */
  version: string[]
  /** By their names, with the snippet's code in them. */
  files: (code: string) => Record<string, string>
  /** Commands, one after the other; the last one gives the verdicts. */
  run: string[][]
}

const lines = `
import { readFileSync } from 'node:fs'
const requests = readFileSync(0, 'utf8').trim().split('\\n').map((line) => {
  const [secret, body, ...headers] = line.split(' ').map((word) => Buffer.from(word, 'base64'))
  const pairs = Array.from({ length: headers.length / 2 }, (_, at) => [headers[2 * at], headers[2 * at + 1]].map(String))
  return { secret: String(secret), body, headers: Object.fromEntries(pairs) }
})
`
const source = pathToFileURL(join(root, 'scripts/source.ts')).href
const standard = import.meta.resolve('standardwebhooks')

export const harnesses: readonly Harness[] = [
  {
    name: 'hookwright',
    program: process.execPath,
    version: ['--version'],
    files: (code) => ({
      'main.mts': `${lines}
process.env.WEBHOOK_SECRET = requests[0].secret
const log = console.log
console.log = () => {}
const { POST } = await import('./snippet.mts')
for (const { body, headers } of requests) {
  const latin1 = Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString('latin1')])
  const { status } = await POST(new Request('https://example.com/', { method: 'POST', headers: latin1, body }))
  log(status === 204 ? 'taken' : 'refused')
}`,
      'snippet.mts': code,
    }),
    run: [[process.execPath, '--import', source, 'main.mts']],
  },
  {
    name: 'standardwebhooks',
    program: process.execPath,
    version: ['--version'],
    files: (code) => ({
      'main.mts': `${lines}
process.env.WEBHOOK_SECRET = requests[0].secret
const { verify } = await import('./snippet.mts')
for (const { body, headers } of requests) {
  try {
    verify(headers, String(body))
    console.log('taken')
  } catch {
    console.log('refused')
  }
}`,
      'snippet.mts': code.replace("'standardwebhooks'", JSON.stringify(standard)),
    }),
    run: [[process.execPath, 'main.mts']],
  },
  {
    name: 'node',
    program: process.execPath,
    version: ['--version'],
    files: (code) => ({
      'main.mjs': `${lines}
import { verify } from './snippet.mjs'
for (const { secret, body, headers } of requests) {
  try {
    verify(headers, body, secret)
    console.log('taken')
  } catch {
    console.log('refused')
  }
}`,
      'snippet.mjs': code,
    }),
    run: [[process.execPath, 'main.mjs']],
  },
  {
    name: 'python',
    program: 'python3',
    version: ['--version'],
    files: (code) => ({
      'snippet.py': code,
      'main.py': `import base64
import sys
from snippet import verify

for line in sys.stdin:
    secret, body, *headers = (base64.b64decode(word) for word in line.split(" "))
    texts = [one.decode() for one in headers]
    try:
        verify(dict(zip(texts[::2], texts[1::2])), body, secret.decode())
        print("taken")
    except ValueError:
        print("refused")
`,
    }),
    run: [['python3', 'main.py']],
  },
  {
    name: 'ruby',
    program: 'ruby',
    version: ['--version'],
    files: (code) => ({
      'snippet.rb': code,
      'main.rb': `require "base64"
require_relative "snippet"

$stdin.each_line do |line|
  secret, body, *headers = line.chomp.split(" ").map { |word| Base64.decode64(word).force_encoding("UTF-8") }
  verify(headers.each_slice(2).to_h, body, secret)
  puts "taken"
rescue ArgumentError
  puts "refused"
end
`,
    }),
    run: [['ruby', 'main.rb']],
  },
  {
    name: 'php',
    program: 'php',
    version: ['--version'],
    files: (code) => ({
      'snippet.php': code,
      'main.php': `<?php
require 'snippet.php';
while (($line = fgets(STDIN)) !== false) {
    $words = array_map('base64_decode', explode(' ', trim($line)));
    $headers = [];
    foreach (array_chunk(array_slice($words, 2), 2) as [$name, $value]) {
        $headers[$name] = $value;
    }
    try {
        verify($headers, $words[1], $words[0]);
        echo "taken\\n";
    } catch (RuntimeException) {
        echo "refused\\n";
    }
}
`,
    }),
    run: [['php', 'main.php']],
  },
  {
    name: 'java',
    program: 'javac',
    version: ['--version'],
    files: (code) => ({
      'Webhook.java': code,
      'Main.java': `import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Scanner;

public final class Main {
    static byte[] bytes(String word) { return Base64.getDecoder().decode(word); }
    static String text(String word) { return new String(bytes(word), StandardCharsets.UTF_8); }

    public static void main(String[] args) {
        var in = new Scanner(System.in);
        while (in.hasNextLine()) {
            var words = in.nextLine().split(" ");
            var headers = new HashMap<String, String>();
            for (int at = 2; at < words.length; at += 2) headers.put(text(words[at]), text(words[at + 1]));
            try {
                Webhook.verify(headers, bytes(words[1]), text(words[0]));
                System.out.println("taken");
            } catch (GeneralSecurityException error) {
                System.out.println("refused");
            }
        }
    }
}
`,
    }),
    run: [
      ['javac', 'Webhook.java', 'Main.java'],
      ['java', 'Main'],
    ],
  },
]
