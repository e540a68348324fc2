import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { openTestRegistry } from '../hooks/test-registry.ts'
import { exec, first } from '../store/work.ts'
import { createHttpHandler } from './handler.ts'

/**
 * Every request that drf-hooks was recorded to answer gets the same answer here: its status, and its body word by word and in
 * its order. Masked or set aside in all of them: times; ids, which are the same ones within a group, for the recordings are
 * samples; `secret`, which the original does not have; and, in lists, the hooks of other users, which the original shows.
 */

interface Recorded {
  name: string
  request: {
    method: string
    path: string
    user: string | null
    headers: [string, string][]
    body: string | null
  }
  response: { status: number; body: string }
}

interface Group {
  group: string
  hooks_before: { id: number; user: string; event: string; target: string; headers: object }[]
  cases: Recorded[]
}

const recordings = JSON.parse(
  readFileSync(new URL('../../test/fixtures/drf-hooks/rest.json', import.meta.url), 'utf8'),
) as { groups: Group[] }

/** What hookwright answers instead. A body that is left out is not compared. */
interface Difference {
  why: string
  status: number
  body?: unknown
}

const GUARD = 'a target that must not be called is refused'
const OWN_HOOKS = "own hooks only; another user's is as good as missing"
const SLASH = 'both forms answer: clients lose the body of a POST on 301'
const STRINGS = 'headers are an object of strings'
const WORDS = 'parse errors are in the words of the engine'

const missing = { detail: 'Not found.' }
const noUrl = { target: ['Enter a valid URL.'] }
const unauthenticated = { detail: 'Authentication credentials were not provided.' }
const named = (field: string) => ({ [field]: [expect.any(String)] })
const parseError = { detail: expect.stringMatching(/^JSON parse error - \S/) }

const differences: Record<string, Record<string, Difference>> = {
  'list and retrieve': {
    'list: query parameters are ignored': { why: 'the list has filters and pages', status: 200 },
    'list: Accept application/xml': { why: 'JSON for every Accept', status: 200 },
    "retrieve: another user's": { why: OWN_HOOKS, status: 404, body: missing },
  },
  slashes: {
    'list without slash: GET': { why: SLASH, status: 200 },
    'list without slash, no credentials': { why: SLASH, status: 401, body: unauthenticated },
    'detail without slash: DELETE': { why: SLASH, status: 204 },
  },
  create: {
    'now without headers: MultipleObjectsReturned': {
      why: 'a second creation that finds several hooks answers with the oldest',
      status: 201,
      body: {
        id: 4,
        event: 'book.read',
        created: '<TS>',
        updated: '<TS>',
        target: 'http://example.com/target.php',
      },
    },
  },
  'create: event errors': {
    'event true': {
      why: "JSON's form of the value",
      status: 400,
      body: { event: ['"true" is not a valid choice.'] },
    },
    'event object': {
      why: "JSON's form of the value",
      status: 400,
      body: { event: ['"{"a":1}" is not a valid choice.'] },
    },
  },
  'create: target errors and odd targets': {
    'target localhost': { why: GUARD, status: 400, body: named('target') },
    'target localhost port': { why: GUARD, status: 400, body: named('target') },
    'target 0.0.0.0': { why: GUARD, status: 400, body: named('target') },
    'target 10/8': { why: GUARD, status: 400, body: named('target') },
    'target metadata service': { why: GUARD, status: 400, body: named('target') },
    'target IPv6': { why: GUARD, status: 400, body: named('target') },
    'target ftp': { why: GUARD, status: 400, body: noUrl },
    'target ftps': { why: GUARD, status: 400, body: noUrl },
    'target port 65536': { why: `${GUARD}: there is no such port`, status: 400, body: noUrl },
  },
  'create: headers field': {
    'headers list': { why: STRINGS, status: 400, body: named('headers') },
    'headers empty list': { why: STRINGS, status: 400, body: named('headers') },
    'headers string': { why: STRINGS, status: 400, body: named('headers') },
    'headers empty string': { why: STRINGS, status: 400, body: named('headers') },
    'headers nested': { why: STRINGS, status: 400, body: named('headers') },
    'headers unicode name': { why: STRINGS, status: 400, body: named('headers') },
    'headers empty name': { why: STRINGS, status: 400, body: named('headers') },
    'headers overrides Host and Content-Length': {
      why: 'forbidden headers',
      status: 400,
      body: named('headers'),
    },
    'headers NUL in value': { why: STRINGS, status: 400, body: named('headers') },
    'headers with lone surrogate': { why: STRINGS, status: 400, body: named('headers') },
  },
  'create: body errors': {
    'malformed JSON: single quotes': { why: WORDS, status: 400, body: parseError },
    'malformed JSON: text': { why: WORDS, status: 400, body: parseError },
    'malformed JSON: leading zero': { why: WORDS, status: 400, body: parseError },
    'spaces only': { why: WORDS, status: 400, body: parseError },
    NaN: { why: WORDS, status: 400, body: parseError },
    Infinity: { why: WORDS, status: 400, body: parseError },
  },
  update: {
    'PUT malformed JSON': { why: WORDS, status: 400, body: parseError },
    "PUT by alice on bob's hook: she becomes its owner": { why: OWN_HOOKS, status: 404, body: missing },
    'PATCH headers list': { why: STRINGS, status: 400, body: named('headers') },
    "PATCH by bob on alice's hook: owner stays": { why: OWN_HOOKS, status: 404, body: missing },
    "PUT by bob on alice's hook: owner changes": { why: OWN_HOOKS, status: 404, body: missing },
    'PATCH empty body': {
      why: `${OWN_HOOKS}: bob's PATCH before has changed nothing`,
      status: 200,
      body: { id: 3, event: 'book.added', created: '<TS>', updated: '<TS>', target: 'https://example.com/p' },
    },
  },
  'list order': {
    'list: PostgreSQL now has row 1 last': { why: 'lists are in the order of ids', status: 200 },
  },
  delete: {
    "DELETE another user's hook: allowed": { why: OWN_HOOKS, status: 404, body: missing },
  },
}

/** Cases that cannot be put to the handler. */
const unaskable: Record<string, string> = {
  'create: body errors / deep nesting': 'the recording lacks its body; handler.test.ts has one of its own',
  'options and other methods / TRACE':
    'a Request cannot have that method; the bridge answers it, see mount/node.test.ts',
}

/** Bodies that are not UTF-8, and so are not in the recordings. */
const bodies: Record<string, Buffer> = {
  'charset latin-1 in content type': Buffer.from(
    '{"target": "http://example.com/é-l1", "event": "book.added"}',
    'latin1',
  ),
}

const opened: { close(): Promise<void> }[] = []

afterAll(() => Promise.all(opened.map((each) => each.close())))

async function open(group: Group) {
  const test = await openTestRegistry()
  opened.push(test)
  const { store } = test
  await store.write(function* () {
    for (const { id, user, event, target, headers } of group.hooks_before) {
      const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
      const times = { created_at: test.time.now, updated_at: test.time.now }
      const row = { id, owner: user, target, headers: JSON.stringify(headers), secret, ...times }
      yield* first(store.db.insertInto('hook').values(row).returning('id'))
      yield* exec(store.db.insertInto('subscription').values({ event, owner: user, hook_id: id }))
    }
  })
  const handler = createHttpHandler({
    ...test,
    authenticate: (request) => request.headers.get('x-user'),
    basePath: '/hooks/webhooks/',
  })
  return {
    handler,
    ids: new Map<number, number>(),
    owners: new Map<number, string>(group.hooks_before.map(({ id, user }) => [id, user])),
  }
}

async function ask(
  handler: ReturnType<typeof createHttpHandler>,
  { name, request }: Recorded,
): Promise<Response> {
  const headers = new Headers(request.headers)
  if (request.user !== null) headers.set('x-user', request.user)
  const text = bodies[name] ?? request.body
  // As bytes, because a Request gives text a content type of its own.
  const body = text === null ? null : Buffer.from(text)
  return handler(new Request(`http://localhost${request.path}`, { method: request.method, headers, body }))
}

type Shown = { id: number; created?: string; updated?: string; secret?: string; target?: string }

const isHook = (value: unknown): value is Shown =>
  typeof value === 'object' && value !== null && 'id' in value && 'created' in value

/** Our answer, without what the original does not have. */
function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked)
  if (!isHook(value)) return value
  const { secret, ...hook } = value
  for (const time of [hook.created, hook.updated])
    expect(time).toMatch(/^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  return { ...hook, created: '<TS>', updated: '<TS>' }
}

describe.each(recordings.groups)('$group', (group) => {
  const state = open(group)

  /** The recorded answer, with our ids and without the hooks of others. */
  function expected(
    value: unknown,
    ours: unknown,
    user: string | null,
    system: Awaited<typeof state>,
  ): unknown {
    if (Array.isArray(value)) {
      const own = value.filter((hook: Shown) => system.owners.get(hook.id) === user)
      return own.map((hook, index) => expected(hook, (ours as unknown[])[index], user, system))
    }
    if (!isHook(value)) return value
    if (user !== null && !system.owners.has(value.id)) system.owners.set(value.id, user)
    // An id that is new in the recording must be new here, too.
    const known = system.ids.get(value.id)
    if (known === undefined && isHook(ours)) {
      expect([...system.ids.values()]).not.toContain(ours.id)
      system.ids.set(value.id, ours.id)
    }
    return { ...value, id: system.ids.get(value.id) ?? value.id }
  }

  for (const recorded of group.cases) {
    const difference = differences[group.group]?.[recorded.name]
    if (`${group.group} / ${recorded.name}` in unaskable) continue
    it(
      difference === undefined ? recorded.name : `${recorded.name} (instead: ${difference.why})`,
      async () => {
        const system = await state
        const { method, user } = recorded.request
        const response = await ask(system.handler, recorded)
        const text = await response.text()
        if (difference !== undefined) {
          expect(response.status).toBe(difference.status)
          expect(response.status, 'no difference: take it off the list').not.toBe(
            text === recorded.response.body ? recorded.response.status : 0,
          )
          if (difference.body !== undefined) expect(masked(JSON.parse(text))).toEqual(difference.body)
          return
        }
        expect(response.status).toBe(recorded.response.status)
        if (method === 'HEAD') expect(text).toBe('')
        else if (recorded.response.body === '') expect(text).toBe('')
        else if (recorded.response.body !== '(a page)') {
          const ours = JSON.parse(text) as unknown
          const wanted = expected(JSON.parse(recorded.response.body), ours, user, system)
          expect(JSON.stringify(masked(ours))).toBe(JSON.stringify(wanted))
        }
      },
    )
  }
})

it('lists no difference that was not recorded', () => {
  const names = new Set(
    recordings.groups.flatMap(({ group, cases }) => cases.map(({ name }) => `${group} / ${name}`)),
  )
  const listed = Object.entries(differences).flatMap(([group, cases]) =>
    Object.keys(cases).map((name) => `${group} / ${name}`),
  )
  expect([...listed, ...Object.keys(unaskable)].filter((name) => !names.has(name))).toEqual([])
})
