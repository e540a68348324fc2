import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sign } from '../../src/signature/standard-webhooks.ts'
import { snippets } from '../../ui/src/pages/events/snippets/index.ts'
import { type Harness, harnesses } from './harnesses.ts'

/** Those that no program on the machines of these tests can run. They were read, and are of the same form as the others. */
const NOT_RUN = ['go', 'csharp']

const secret = () => `whsec_${randomBytes(24).toString('base64')}`
const SECRET = secret()
const BODY = '{"hook":{"id":1,"event":"book.added","target":"x"},"data":{"title":"Édition 中 😀"}}'
const NAMES = [
  { id: 'webhook-id', timestamp: 'webhook-timestamp', signature: 'webhook-signature' },
  { id: 'svix-id', timestamp: 'svix-timestamp', signature: 'svix-signature' },
]

interface Case {
  what: string
  taken: boolean
  id?: string
  body?: string
  /** What the timestamp is ahead of now, in seconds; or other text. */
  timestamp?: number | string
  /** Those that sign. */
  secrets?: string[]
  signature?: (signature: string) => string
  missing?: 'id' | 'timestamp' | 'signature'
}

const CASES: readonly Case[] = [
  { what: 'what was signed', taken: true },
  {
    what: 'the second of two signatures, while a secret is rotated',
    taken: true,
    secrets: [secret(), SECRET],
  },
  { what: 'the first of two', taken: true, secrets: [SECRET, secret()] },
  { what: 'one beside a signature of another scheme', taken: true, signature: (one) => `v1a,AAAA ${one}` },
  { what: 'four minutes of age', taken: true, timestamp: -240 },
  { what: 'another body', taken: false, body: `${BODY} ` },
  { what: 'another id', taken: false, id: 'msg_2' },
  { what: 'another secret', taken: false, secrets: [secret()] },
  { what: 'six minutes of age', taken: false, timestamp: -360 },
  { what: 'six minutes in the future', taken: false, timestamp: 360 },
  { what: 'a timestamp that is no number', taken: false, timestamp: 'NaN' },
  { what: 'no timestamp', taken: false, missing: 'timestamp' },
  { what: 'no signature', taken: false, missing: 'signature' },
  { what: 'an empty signature', taken: false, signature: () => 'v1,' },
  { what: 'a signature that is cut', taken: false, signature: (one) => one.slice(0, -4) },
  { what: 'a signature that is no base64', taken: false, signature: () => 'v1,é§$ !!' },
  {
    what: 'a signature by the name of another scheme',
    taken: false,
    signature: (one) => one.replace('v1,', 'v1a,'),
  },
]

/** The request of a case, as its receiver gets it. */
function requestOf(
  { id = 'msg_1', body = BODY, timestamp = 0, secrets = [SECRET], signature = (one) => one, missing }: Case,
  names: (typeof NAMES)[number],
) {
  const seconds = Math.floor(Date.now() / 1_000)
  const at = typeof timestamp === 'number' ? seconds + timestamp : seconds
  const made = sign({ id: 'msg_1', timestamp: at, body: BODY, secrets })
  const headers: Record<string, string> = {
    [names.id]: id,
    [names.timestamp]: typeof timestamp === 'number' ? String(at) : timestamp,
    [names.signature]: signature(made),
  }
  if (missing !== undefined) delete headers[names[missing]]
  return { headers, body, secret: SECRET }
}

const folder = mkdtempSync(join(tmpdir(), 'hookwright-snippets-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('runs every snippet, or says which it does not', () => {
  const run = harnesses.map(({ name }) => name)
  expect([...run, ...NOT_RUN].sort()).toEqual(snippets.map(({ name }) => name).sort())
})

describe.each(harnesses)('the snippet for $name', (harness: Harness) => {
  const isThere = spawnSync(harness.program, harness.version, { stdio: 'ignore' }).status === 0
  if (!isThere) {
    const missing = `the snippet for ${harness.name} is not run, because there is no ${harness.program}`
    if (process.env.HOOKWRIGHT_REQUIRE_SERVICES === '1')
      throw new Error(`HOOKWRIGHT_REQUIRE_SERVICES is set, and ${missing}`)
    console.warn(`skipped: ${missing}`)
  }

  describe.skipIf(!isThere).each(NAMES)('with $id', (names) => {
    const requests = () => CASES.map((one) => requestOf(one, names))
    let verdicts: boolean[]

    beforeAll(() => {
      const code = snippets.find(({ name }) => name === harness.name)?.code(names) ?? ''
      // In one process: some of them take a second to start.
      const place = mkdtempSync(join(folder, `${harness.name}-`))
      for (const [file, text] of Object.entries(harness.files(code))) writeFileSync(join(place, file), text)
      for (const [program, ...args] of harness.run) {
        const input = `${requests().map(encoded).join('\n')}\n`
        const { status, stdout, stderr, error } = spawnSync(program ?? '', args, {
          cwd: place,
          input,
          encoding: 'utf8',
        })
        if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? ''}${stderr}`)
        verdicts = stdout
          .trim()
          .split('\n')
          .map((line) => line === 'taken')
      }
    })

    it.each(CASES.map((one, index) => ({ ...one, index })))('$what: $taken', ({ taken, index }) => {
      expect(verdicts[index]).toBe(taken)
    })
  })
})

/** A line for each, of words in base64, which every language reads without a library: secret, body, then names and values. */
function encoded({ headers, body, secret: key }: ReturnType<typeof requestOf>): string {
  const words = [key, body, ...Object.entries(headers).flat()]
  return words.map((word) => Buffer.from(word).toString('base64')).join(' ')
}
