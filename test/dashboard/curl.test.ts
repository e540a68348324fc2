import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { asCurl } from '../../ui/src/pages/delivery/curl.ts'

/** What a shell makes of it, with another program in curl's place. */
function words(line: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${line}`
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
}

it('says to curl what was sent, whatever is in it', () => {
  const url = "https://example.com/?a=1&b=$(touch /tmp/x)&c='`id`'"
  const body = `{"note": "it's \\"$HOME\\"", "two": "lines\n"}`
  const headers = [
    ['host', 'example.com'],
    ['Content-Length', '12'],
    ['webhook-signature', "v1,a'b v1,c"],
  ] as const
  expect(words(asCurl({ url, headers }, body))).toEqual([
    '-X',
    'POST',
    url,
    '-H',
    "webhook-signature: v1,a'b v1,c",
    '--data-raw',
    body,
  ])
})

it('leaves out a body that there is not', () => {
  expect(words(asCurl({ url: 'https://example.com/', headers: [] }, null))).toEqual([
    '-X',
    'POST',
    'https://example.com/',
  ])
})
