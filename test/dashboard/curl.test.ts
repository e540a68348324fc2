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
    '--globoff',
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
    '--globoff',
    '-X',
    'POST',
    'https://example.com/',
  ])
})

it('has nothing that a terminal obeys: what is pasted takes nothing back, and nothing out of its quotes', () => {
  const commands = `\u007f\u0015\u0003\u001b[201~\u009b201~\r\t\u202e\u2066'; touch /tmp/x #`
  const line = asCurl(
    { url: `https://example.com/${commands}`, headers: [['x', commands]] },
    `${commands}\n{}`,
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  expect(line).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
  expect(words(line).slice(3)).toEqual([
    `https://example.com/${commands}`,
    '-H',
    `x: ${commands}`,
    '--data-raw',
    `${commands}\n{}`,
  ])
})
