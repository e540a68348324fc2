import { readFileSync } from 'node:fs'
import { createHooks } from 'hookwright'
import { sqlite } from 'hookwright/sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ALICE, BOB, type Django, openDjango } from './django.ts'

/**
 * What Django code did and what then arrived, as drf-hooks was recorded: the same happens here, in SQL and by calls, and the
 * same arrives. Bodies are compared as JSON; of headers those that were recorded. Where hookwright differs on purpose, it says
 * why, and what it does instead is tested.
 */

interface Scenario {
  name: string
  hooks: { user: string; event: string; target: string; headers: Record<string, string> }[]
  requests: { line: string; headers: Record<string, string>; body: string }[]
}

const { scenarios } = JSON.parse(
  readFileSync(new URL('../fixtures/drf-hooks/deliveries.json', import.meta.url), 'utf8'),
) as { scenarios: Scenario[] }

type Code = (django: Django) => unknown

interface Played {
  /** What the Python does. */
  code: Code
  serializer?: 'own' | 'django'
  /** Why something else arrives here, and what. */
  differs?: { why: string; arrives: readonly string[] }
}

/** hookwright refuses it, with this code, when the hook is created, the event is sent or the options are read. */
interface Refused {
  refuses: string
  why: string
  code?: Code
}

/** There is nothing here that it could be about, and nothing to play; this is why. */
interface Absent {
  absent: string
}

const add: Code = ({ addBook }) => void addBook()
const same: Played = { code: add }
const django = (code: Code): Played => ({ code, serializer: 'django' })
const raw =
  (payload: unknown): Code =>
  ({ hooks }) =>
    hooks.send('raw.plain', payload as never, { owner: ALICE })

const NO_CHANGE = 'fires only when a column changed'
const HEADERS = 'headers are an object of strings, and forbidden or malformed names and values are refused'
const CHECKED = 'targets are checked when a hook is created; there only the REST API does so'
const PYTHON = 'a type of Python that JavaScript does not have'
const DATABASE = 'the row is what the database has, not what an entity was given'
const touch: Code = ({ db, addBook }) => {
  addBook()
  db.exec('UPDATE book SET pages = pages')
}

const played: Record<string, Played | Refused | Absent> = {
  'book created': same,
  'book deleted: id and fields are still there': {
    code({ db, addBook }) {
      addBook()
      db.exec('DELETE FROM book')
    },
  },
  'custom action: mark_as_read': {
    code: ({ hooks, addBook }) => hooks.trigger('bookstore.Book.read', addBook()),
  },
  'hook_event(user=None) does not lift the user filter': {
    code: ({ hooks, addBook }) => hooks.trigger('bookstore.Book.read', addBook()),
  },
  'hook_event with a standard action fires it again': {
    code: ({ hooks, addBook }) => hooks.trigger('bookstore.Book.created', addBook()),
  },
  'hook on another event': same,
  "created reaches only the owner's hooks": same,
  'three hooks of one user': same,
  'save() without a change': { code: touch, differs: { why: NO_CHANGE, arrives: [] } },
  'update_or_create (insert, then update)': {
    code({ db }) {
      const upsert = db.prepare(
        'INSERT INTO book (user_id, title, pages, fiction) VALUES (1, ?, ?, 1) ON CONFLICT DO UPDATE SET pages = excluded.pages',
      )
      upsert.run('T', 1)
      upsert.run('T', 2)
    },
  },
  'queryset.delete() fires per row': {
    code({ db, addBook }) {
      for (const number of [0, 1, 2]) addBook(String(number), number)
      db.exec('DELETE FROM book')
    },
  },
  'bulk_create, bulk_update, queryset.update fire nothing': {
    code({ db, addBook }) {
      addBook('b', 1)
      db.exec('UPDATE book SET pages = 2')
      db.exec('UPDATE book SET pages = 3')
    },
    differs: { why: 'they fire per row', arrives: ['POST /1', 'POST /2', 'POST /2'] },
  },
  'deleting a user cascades': {
    code({ db, addBook }) {
      addBook()
      db.exec('DELETE FROM user WHERE id = 1')
    },
  },
  "same with HOOK_SERIALIZERS = {} (Django's serializer): created": django(add),
  'same with HOOK_SERIALIZERS = {}: updated': {
    ...django(touch),
    differs: { why: NO_CHANGE, arrives: [] },
  },
  'same with HOOK_SERIALIZERS = {}: deleted': django(({ db, addBook }) => {
    addBook()
    db.exec('DELETE FROM book')
  }),
  'HOOK_SERIALIZERS = {}: attributes of the wrong type stay': { absent: DATABASE },
  'HOOK_SERIALIZERS = {}: F() expression': {
    ...django(({ db, addBook }) => {
      addBook()
      db.exec('UPDATE book SET pages = pages + 1')
    }),
    differs: { why: DATABASE, arrives: ['POST /t'] },
  },
  'HOOK_SERIALIZERS path that does not import': { absent: 'serializers are functions and not paths' },
  'raw event, README': {
    code: ({ hooks }) =>
      hooks.send(
        'user.logged_in',
        { username: 'alice', email: 'alice@example.com', when: '2024-01-02T03:04:05.678901' },
        { owner: ALICE },
      ),
  },
  'raw payload: None': { code: raw(null) },
  'raw payload: string': { code: raw('x') },
  'raw payload: aware datetime (milliseconds, Z)': { code: raw(new Date('2024-02-29T13:14:15.123456Z')) },
  'raw payload: aware datetime, no microseconds': {
    code: raw(new Date('2024-02-29T13:14:15Z')),
    differs: { why: 'a Date of JavaScript always has its milliseconds', arrives: ['POST /t'] },
  },
  'raw payload: aware datetime, +02:00': { absent: PYTHON },
  'raw payload: naive datetime': { absent: PYTHON },
  'raw payload: time': { absent: PYTHON },
  'raw payload: negative timedelta': { absent: PYTHON },
  'raw payload: lazy translation': { absent: PYTHON },
  'raw payload: tuple': { code: raw([1, 2]) },
  'raw payload: NaN and Infinity (not JSON)': {
    refuses: 'payload_not_json',
    why: 'it is no JSON, and receivers cannot read it',
    code: raw([Number.NaN, Number.POSITIVE_INFINITY]),
  },
  'raw payload: lone surrogate': { code: raw('\ud800') },
  'raw payload: set': { refuses: 'payload_not_json', why: 'there it raises, too', code: raw(new Set([1])) },
  'raw payload: queryset': { refuses: 'payload_not_json', why: 'there it raises, too', code: raw(() => []) },
  'raw payload: 100 kB': { code: raw('x'.repeat(100_000)) },
  'raw event, unknown event name': {
    refuses: 'event_unknown',
    why: 'an unknown event is an error: mistakes should show',
    code: ({ hooks }) => hooks.send('no.such.event' as never, {} as never, { owner: ALICE }),
  },
  'raw event under the name of a "+" event still filters by user': {
    code: ({ hooks }) => hooks.send('book.changed', { x: 1 } as never, { owner: ALICE }),
  },
  'raw event without the user argument': {
    refuses: 'owner_missing',
    why: 'there it raises, too',
    code: ({ hooks }) => hooks.send('raw.plain', {}, {} as never),
  },
  'raw event, user = id': { code: raw({}) },
  'raw event, user = AnonymousUser': {
    refuses: 'owner_missing',
    why: 'there it raises, too',
    code: ({ hooks }) => hooks.send('raw.plain', {}, { owner: undefined as never }),
  },
  'custom headers': same,
  'headers {}': same,
  'headers override User-Agent, Accept, Host, Connection': { refuses: 'headers_invalid', why: HEADERS },
  'headers Transfer-Encoding: chunked': { refuses: 'headers_invalid', why: HEADERS },
  'headers: latin-1 value': same,
  'headers: integer value': { refuses: 'headers_invalid', why: HEADERS },
  'headers: value outside latin-1': { refuses: 'headers_invalid', why: HEADERS },
  'headers: CRLF in value': { refuses: 'headers_invalid', why: HEADERS },
  'headers: name with a space': { refuses: 'headers_invalid', why: HEADERS },
  'headers: a list': { refuses: 'headers_invalid', why: HEADERS },
  'headers: a string': { refuses: 'headers_invalid', why: HEADERS },
  'headers: nested': { refuses: 'headers_invalid', why: HEADERS },
  'target with unicode path, space, braces': { refuses: 'target_invalid', why: CHECKED },
  'target without a path': same,
  'target with user:password': { refuses: 'target_refused', why: 'credentials in a URL show up in logs' },
  'target with user:password and own Authorization header': {
    refuses: 'target_refused',
    why: 'credentials in a URL show up in logs',
  },
  'target localhost': same,
  'target HTTP:// in upper case': same,
  'target: file://': { refuses: 'target_invalid', why: CHECKED },
  'target: relative': { refuses: 'target_invalid', why: CHECKED },
  'target: no scheme': {
    refuses: 'target_invalid',
    why: CHECKED,
    code: ({ hooks }) => hooks.update(1, { target: 'example.com/x' }),
  },
  'target: closed port': { refuses: 'target_refused', why: 'port 9 belongs to another protocol' },
  "all field types, Django's serializer: m2m change alone fires nothing": {
    code({ db }) {
      db.exec("INSERT INTO everything VALUES (1, 1, 'x'); INSERT INTO everything_tags VALUES (1, 1), (1, 2)")
    },
  },
  "all field types, Django's serializer: updated, re-read from the database": {
    code({ db }) {
      db.exec("INSERT INTO everything VALUES (1, 1, 'x'); UPDATE everything SET char = 'x'")
    },
    differs: { why: NO_CHANGE, arrives: [] },
  },
  'all field types, DRF serializer: created': { absent: 'what a serializer gives is the application’s own' },
  'all field types, DRF serializer: updated, re-read': {
    absent: 'what a serializer gives is the application’s own, and nothing was changed',
  },
  'proxy model': { absent: 'a table is one model or several, and none of them a proxy' },
  'model without user, nobody listens': {
    refuses: 'option_invalid',
    why: 'an error at start-up, unless all its events have "+"',
    code: () => options({ NoUser: { table: 'nouser' } }, { 'nouser.created': 'NoUser.created' }),
  },
  'model without user, "+"': { code: ({ db }) => db.exec("INSERT INTO nouserplus VALUES (1, 'x')") },
  "user is NULL: every user's hooks fire": {
    code: ({ db }) => db.exec("INSERT INTO nulluser VALUES (1, NULL, 'private')"),
    differs: { why: 'fires nobody’s, unless "+"', arrives: [] },
  },
  'user property over a relation, uuid primary key': {
    code: ({ db }) =>
      db.exec(`INSERT INTO nulluser VALUES (1, 2, 'p');
        INSERT INTO uuidpk VALUES ('00000000-0000-0000-0000-000000000007', 1); DELETE FROM uuidpk`),
  },
  "auth.User updated: Django's serializer leaks the password hash": {
    code: ({ db }) => db.exec("UPDATE user SET first_name = 'Al' WHERE id = 1"),
  },
  'duplicate action in HOOK_EVENTS': {
    refuses: 'option_invalid',
    why: 'two events for one model action are an error at start-up',
    code: () => options(BOOK, { a: 'Book.created', b: 'Book.created' }),
  },
  'HOOK_EVENTS value of a wrong form': {
    refuses: 'option_invalid',
    why: 'there it raises at every save()',
    code: () => options(BOOK, { a: 'created' }),
  },
  'HOOK_EVENTS = {}': { refuses: 'event_unknown', why: 'nobody can subscribe to what there is not' },
}

const BOOK = { Book: { table: 'book', owner: 'user_id' } }

function options(models: object, events: object): unknown {
  return createHooks({ database: sqlite('unused.db'), models, events } as never)
}

async function subscribe({ hooks }: Django, scenario: Scenario): Promise<void> {
  for (const { user, event, target, headers } of scenario.hooks) {
    const owner = user === 'alice' ? ALICE : BOB
    await hooks.create({ owner, event: event as 'raw.plain', target, headers })
  }
}

const arrived = ({ test }: Django) =>
  test.deliveries.map(({ target, headers, json }) => {
    const { pathname, search } = new URL(target)
    return { line: `POST ${pathname}${search}`, headers, body: json }
  })

type Arrived = ReturnType<typeof arrived>
const inOrder = (requests: Arrived) =>
  requests.toSorted((a, b) => (JSON.stringify(a.body) < JSON.stringify(b.body) ? -1 : 1))

async function open(serializer: 'own' | 'django'): Promise<Django> {
  const opened = await openDjango(serializer)
  onTestFinished(() => opened.close())
  return opened
}

describe("drf-hooks' recorded deliveries", () => {
  it('are all here, and nothing else', () => {
    expect(Object.keys(played).toSorted()).toEqual(scenarios.map(({ name }) => name).toSorted())
  })

  for (const scenario of scenarios) {
    const how = played[scenario.name]
    if (how === undefined || 'absent' in how) continue
    if ('refuses' in how) {
      it(`${scenario.name}: refused, for ${how.why}`, async () => {
        const opened = await open('own')
        const code = async () => {
          if (how.code === undefined || scenario.name === 'target: no scheme')
            await subscribe(opened, scenario)
          return await how.code?.(opened)
        }
        await expect(code()).rejects.toMatchObject({ code: how.refuses })
        await opened.test.flush()
        expect(arrived(opened)).toEqual([])
      })
    } else {
      const { code, serializer = 'own', differs } = how
      it(`${scenario.name}${differs === undefined ? '' : `: ${differs.why}`}`, async () => {
        const opened = await open(serializer)
        await subscribe(opened, scenario)
        await code(opened)
        await opened.test.flush()
        const requests = inOrder(arrived(opened))
        if (differs !== undefined) {
          expect(requests.map(({ line }) => line)).toEqual(differs.arrives)
          return
        }
        const expected = inOrder(scenario.requests.map(asArrived))
        expect(requests).toMatchObject(expected)
        expect(requests).toHaveLength(expected.length)
        expect(requests.map(({ body }) => body)).toEqual(expected.map(({ body }) => body))
      })
    }
  }
})

/** Of a long one only the beginning was recorded. */
function asArrived(
  request: Scenario['requests'][number] | { request_line: string; headers: [string, string][] },
) {
  if ('line' in request) {
    const headers = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value])
    return {
      line: request.line,
      headers: Object.fromEntries(headers),
      body: JSON.parse(request.body) as unknown,
    }
  }
  const hook = { id: 1, event: 'raw.plain', target: 'http://sink/t' }
  return { line: 'POST /t', headers: {}, body: { hook, data: 'x'.repeat(100_000) } as unknown }
}
