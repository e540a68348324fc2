import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { describePostgres } from '../../../test/support/postgres.ts'
import { forgetUnheard } from '../../hooks/index.ts'
import {
  bookCatalog,
  bookTable,
  openTestCapture,
  type TestCapture,
  type TestCaptureOptions,
} from './test-postgres.ts'

const bookTriggers = ['hookwright_book_created', 'hookwright_book_deleted', 'hookwright_book_updated']

let test: TestCapture | undefined

async function open(options: TestCaptureOptions = {}): Promise<TestCapture> {
  test = await openTestCapture(options)
  return test
}

/** With its triggers installed. */
async function openInstalled(options: TestCaptureOptions = {}): Promise<TestCapture> {
  const opened = await open(options)
  await opened.capture.install()
  return opened
}

const insertBook = `INSERT INTO book (id, user_id, title) VALUES (1, 7, 'Dune')`

afterEach(async () => {
  await test?.close()
  test = undefined
})

/** What changes when anything of ours in the catalogs does. */
async function state({ app }: TestCapture): Promise<string | null | undefined> {
  const [row] =
    await app.run(`SELECT concat((SELECT string_agg(concat(oid, ' ', xmin), ',' ORDER BY oid) FROM pg_trigger WHERE NOT tgisinternal),
    (SELECT string_agg(concat(oid, ' ', xmin), ',' ORDER BY oid) FROM pg_proc WHERE pronamespace = 'hookwright'::regnamespace)) AS state`)
  return row?.state
}

describePostgres('install on PostgreSQL', () => {
  it('makes a trigger for each action that an event is on, says so, and finds nothing to do the second time', async () => {
    const opened = await open()
    const { capture, triggers, lines } = opened
    expect(await capture.install()).toEqual({
      created: bookTriggers,
      dropped: [],
      storeRestored: false,
      drift: [],
    })
    expect(await triggers()).toEqual(bookTriggers)
    expect(lines).toMatchObject([{ level: 'info' }])
    const before = await state(opened)
    expect(await capture.install()).toMatchObject({ created: [], dropped: [] })
    expect(await state(opened)).toBe(before)
    expect(await capture.check()).toEqual([])
  })

  it('drops the triggers and functions that the catalog no longer wants, and no others', async () => {
    const { app, triggers, withCatalog } = await openInstalled()
    await app.run(`CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER hookwright_mine AFTER INSERT ON book EXECUTE FUNCTION mine()`)
    const { capture } = withCatalog({ ...bookCatalog, events: { 'book.removed': 'Book.deleted' } })
    const report = await capture.install()
    expect(report).toMatchObject({
      created: [],
      dropped: ['hookwright_book_created', 'hookwright_book_updated'],
    })
    expect(await triggers()).toEqual(['hookwright_book_deleted', 'hookwright_mine'])
    const functions = await app.run(
      `SELECT proname FROM pg_proc WHERE pronamespace = 'hookwright'::regnamespace AND prorettype = 'trigger'::regtype ORDER BY 1`,
    )
    expect(functions).toEqual([
      { proname: expect.stringMatching(/^book_deleted_/) },
      { proname: 'wake_idle' },
    ])
  })

  it('moves the triggers of a table that was renamed, so that nothing is captured twice', async () => {
    const { app, events, triggers, withCatalog } = await openInstalled()
    await app.run('ALTER TABLE book RENAME TO tome')
    await app.run(`INSERT INTO tome VALUES (1, 7, 'Still captured', 1)`)
    const { capture } = withCatalog({ ...bookCatalog, models: { Book: { table: 'tome', owner: 'user_id' } } })
    await capture.install()
    expect(await triggers()).toEqual([
      'hookwright_tome_created',
      'hookwright_tome_deleted',
      'hookwright_tome_updated',
    ])
    await app.run(`INSERT INTO tome VALUES (2, 7, 'Dune', 1)`)
    expect((await events()).map(({ row }) => row.title)).toEqual(['Still captured', 'Dune'])
    expect(await capture.check()).toEqual([])
  })

  it('refuses without own tables, and drops triggers that break the writes', async () => {
    const { app, capture, triggers } = await openInstalled()
    await app.run('DROP TABLE hookwright.event')
    await expect(app.run(insertBook)).rejects.toThrow(/hookwright.event/)
    await expect(capture.install()).rejects.toMatchObject({ code: 'database_outdated' })
    expect(await triggers()).toEqual([])
    await app.run(insertBook)
  })

  it.each([
    [
      'a table that is not there',
      'SELECT 1',
      'book',
      /models\["Book"\]\.table: the database has no such table \(got "book"\)\. .*create/,
    ],
    [
      'a view',
      'CREATE VIEW book AS SELECT 1 AS id, 2 AS user_id',
      'book',
      /\.table: it is a view.*Name the table/,
    ],
    [
      'a materialized view',
      'CREATE MATERIALIZED VIEW book AS SELECT 1 AS id, 2 AS user_id',
      'book',
      /\.table: it is a materialized view/,
    ],
    [
      'a foreign table',
      `CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
      CREATE FOREIGN TABLE book (id int, user_id int) SERVER nowhere`,
      'book',
      /\.table: it is a foreign table.*ordinary table/,
    ],
    [
      'a partition',
      'CREATE TABLE whole (id int, user_id int) PARTITION BY LIST (id); CREATE TABLE book PARTITION OF whole FOR VALUES IN (1)',
      'book',
      /partition of "whole".*Name "whole"/,
    ],
    [
      'a table that inherits',
      'CREATE TABLE whole (id int, user_id int); CREATE TABLE book () INHERITS (whole)',
      'book',
      /inherits from "whole".*Name "whole"/,
    ],
    [
      'a missing owner',
      'CREATE TABLE book (id int, account int)',
      'book',
      /models\["Book"\]\.owner: .*"book" has no such column \(got "user_id"\)\. Its columns are "id, account"/,
    ],
    ['a system table', 'SELECT 1', 'pg_class', /a table of PostgreSQL itself/],
    ['one of our own', 'SELECT 1', 'hookwright.hook', /hookwright's own tables/],
    ['a name that is no SQL', 'SELECT 1', 'a"b..c', /no such table/],
    ['a name of three parts', 'SELECT 1', 'a.b.c', /no such table/],
  ])(
    'refuses %s, naming model, table and cure, and installs the others',
    async (_, tables, table, message) => {
      const { capture, triggers } = await open({
        tables: `${tables}; CREATE TABLE author (id int PRIMARY KEY)`,
        catalog: {
          models: { Book: { table, owner: 'user_id' }, Author: { table: 'author' } },
          events: { ...bookCatalog.events, 'author.added': 'Author.created+' },
        },
      })
      await expect(capture.install()).rejects.toMatchObject({
        code: 'capture_failed',
        message: expect.stringMatching(message),
      })
      expect(await triggers()).toContain('hookwright_author_created')
      expect(await capture.check()).toMatchObject([{ model: 'Book', repairable: false }])
    },
  )

  it("leaves the application's own trigger alone where it has the name of ours", async () => {
    const { app, capture, triggers } = await open()
    await app.run(`CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER hookwright_book_created AFTER INSERT ON book EXECUTE FUNCTION mine()`)
    await expect(capture.install()).rejects.toThrow(
      /trigger of the application's is called hookwright_book_created.*Rename it/,
    )
    expect(await triggers()).toEqual(bookTriggers)
    const [row] = await app.run(
      `SELECT tgfoid::regproc::text AS function FROM pg_trigger WHERE tgname = 'hookwright_book_created'`,
    )
    expect(row?.function).toBe('mine')
  })

  it('finds a table in the search path, and tells two of one name apart', async () => {
    const { app, events } = await openInstalled({
      tables: `${bookTable}; CREATE SCHEMA other; CREATE TABLE other.book (id int, user_id int, title text)`,
      catalog: {
        models: {
          Book: { table: 'book', owner: 'user_id' },
          Other: { table: 'other.book', owner: 'user_id' },
        },
        events: { book: 'Book.created', other: 'Other.created' },
      },
    })
    await app.run(`${insertBook}; INSERT INTO other.book VALUES (2, 8, 'Emma')`)
    expect((await events()).map(({ name, row }) => [name, row.id])).toEqual([
      ['book', 1],
      ['other', 2],
    ])
  })

  it('keeps two hookwrights in two schemas of one database apart', async () => {
    const first = await openInstalled()
    const second = await import('../capture.ts')
    const { postgres } = await import('../../store/postgres/index.ts')
    const store = postgres(String(first.url), { schema: 'My "hooks"' })
    await store.migrate()
    const capture = second.createCapture({
      store,
      catalog: first.catalog,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    })
    expect((await capture.install()).created).toEqual(
      bookTriggers.map((name) => name.replace('hookwright', 'My "hooks"')),
    )
    await first.app.run(`INSERT INTO "My ""hooks""".listening VALUES ('book.added')`)
    await first.app.run(insertBook)
    expect(await first.events()).toHaveLength(1)
    expect(await first.app.run('SELECT 1 FROM "My ""hooks""".event')).toHaveLength(1)
    expect([await capture.check(), await first.capture.check()]).toEqual([[], []])
    expect(await capture.uninstall()).toHaveLength(3)
    expect(await first.triggers()).toEqual(bookTriggers)
    await store.close()
  })

  it('is safe in several processes at once', async () => {
    const { capture, url, triggers } = await open()
    const code = `
      import { createCapture } from ${JSON.stringify(import.meta.resolve('../capture.ts'))}
      import { defineCatalog } from ${JSON.stringify(import.meta.resolve('../../catalog/index.ts'))}
      import { postgres } from ${JSON.stringify(import.meta.resolve('../../store/postgres/index.ts'))}
      const logger = { debug() {}, info() {}, warn() {}, error() {} }
      const store = postgres(${JSON.stringify(String(url))})
      const capture = createCapture({ store, catalog: defineCatalog(${JSON.stringify(bookCatalog)}), logger })
      await store.open()
      process.send('ready')
      await new Promise((resolve) => process.once('message', resolve))
      for (let round = 0; round < 3; round++) {
        await capture.uninstall()
        await capture.install()
      }
      await store.close()
      process.disconnect()`
    const children = Array.from({ length: 3 }, () =>
      spawn(process.execPath, ['--input-type=module', '--eval', code], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      }),
    )
    const complaints = children.map(async (child) => await child.stderr?.setEncoding('utf8').toArray())
    await Promise.all(children.map((child) => once(child, 'message')))
    for (const child of children) child.send('go')
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]))
    expect([codes, await Promise.all(complaints)]).toEqual([
      [0, 0, 0],
      [[], [], []],
    ])
    expect(await triggers()).toEqual(bookTriggers)
    expect(await capture.check()).toEqual([])
  }, 60_000)
})

describePostgres('check and repair on PostgreSQL', () => {
  it('read next to nothing while the schema stays the same, and give the very same array', async () => {
    const { capture, store, app } = await openInstalled()
    const first = await capture.check()
    let queries = 0
    const read = store.read.bind(store)
    const counting: typeof store.read = (work) =>
      read(function* () {
        const inner = work()
        let step = inner.next()
        while (!step.done) {
          queries += 1
          step = inner.next(yield step.value)
        }
        return step.value
      })
    Object.assign(store, { read: counting })
    await app.run(`${insertBook}; ANALYZE book; CREATE INDEX ON book (title)`)
    expect(await capture.check()).toBe(first)
    expect(queries).toBe(1)
  })

  it.each([
    ['dropped', 'DROP TRIGGER hookwright_book_updated ON book', 'missing'],
    ['disabled', 'ALTER TABLE book DISABLE TRIGGER hookwright_book_updated', 'missing'],
    ['left to replicas', 'ALTER TABLE book ENABLE REPLICA TRIGGER hookwright_book_updated', 'missing'],
    ['renamed', 'ALTER TRIGGER hookwright_book_updated ON book RENAME TO other', 'outdated'],
  ])('find a trigger that was %s, and put it right', async (_, change, problem) => {
    const { capture, app, events, lines } = await openInstalled()
    await app.run(change)
    expect(await capture.check()).toMatchObject([
      {
        problem,
        model: 'Book',
        table: 'book',
        message: expect.stringContaining('hookwright_book_updated'),
        repairable: true,
      },
    ])
    lines.length = 0
    expect(await capture.repair()).toMatchObject({
      created: ['hookwright_book_updated'],
      storeRestored: false,
      drift: [],
    })
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'warn'])
    await app.run(`${insertBook}; UPDATE book SET pages = 2`)
    expect(await events()).toHaveLength(2)
    expect(await capture.check()).toEqual([])
  })

  it.each([
    ['dropped', (name: string) => `DROP FUNCTION ${name}() CASCADE`],
    [
      'changed',
      (name: string) =>
        `CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN NULL; END'`,
    ],
    ['open to everybody', (name: string) => `GRANT EXECUTE ON FUNCTION ${name}() TO PUBLIC`],
    ["another one's", (name: string) => `ALTER FUNCTION ${name}() OWNER TO postgres`],
    ['without its settings', (name: string) => `ALTER FUNCTION ${name}() RESET ALL`],
    ['of the rights of who calls it', (name: string) => `ALTER FUNCTION ${name}() SECURITY INVOKER`],
  ])('find a function that is %s, and put it right', async (_, change) => {
    const { capture, app, events } = await openInstalled()
    const [row] = await app.run(
      `SELECT tgfoid::regproc::text AS name FROM pg_trigger WHERE tgname = 'hookwright_book_created'`,
    )
    await app.run(change(String(row?.name)))
    expect((await capture.check()).map(({ repairable }) => repairable)).toEqual([true])
    await capture.repair()
    expect(await capture.check()).toEqual([])
    await app.run(insertBook)
    expect(await events()).toHaveLength(1)
  })

  it('find missing helpers and missing rights, and put them right', async () => {
    const { capture, app, events } = await openInstalled()
    await app.run(
      `DROP FUNCTION hookwright.row_text; REVOKE INSERT ON hookwright.event FROM hookwright_capture`,
    )
    await expect(app.run(insertBook)).rejects.toThrow(/permission denied/)
    expect(await capture.check()).toMatchObject([{ repairable: true }])
    await capture.repair()
    await app.run(insertBook)
    expect(await events()).toHaveLength(1)
    expect(await capture.check()).toEqual([])
  })

  it("survive a tool that drops the application's schema and makes its tables again", async () => {
    const { capture, app, events } = await openInstalled()
    await app.run(`${insertBook}; DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${bookTable}`)
    expect((await capture.check()).map(({ problem }) => problem)).toEqual(['missing', 'missing', 'missing'])
    expect((await capture.repair()).created).toEqual(bookTriggers)
    await app.run(insertBook)
    expect(await events()).toHaveLength(2)
  })

  it('let the application write again after a tool has dropped our tables, and capture from then on', async () => {
    const { capture, app, listen, events, triggers } = await openInstalled()
    await app.run('DROP TABLE hookwright.event, hookwright.listening, hookwright.hook')
    await expect(app.run(insertBook)).rejects.toThrow(/does not exist/)
    expect((await capture.check())[0]).toMatchObject({ problem: 'store_missing', repairable: true })
    expect(await capture.repair()).toEqual({
      created: bookTriggers,
      dropped: bookTriggers,
      storeRestored: true,
      drift: [],
    })
    expect(await triggers()).toEqual(bookTriggers)
    await listen(['book.added'])
    await app.run(insertBook)
    expect(await events()).toHaveLength(1)
  })

  it('make our schema anew where all of it was dropped, which takes the triggers along', async () => {
    const { capture, app, listen, events } = await openInstalled()
    await app.run('DROP SCHEMA hookwright CASCADE')
    await app.run(insertBook)
    expect(await capture.repair()).toMatchObject({ storeRestored: true, drift: [] })
    await listen(['book.changed'])
    await app.run('UPDATE book SET pages = 1')
    expect(await events()).toHaveLength(1)
  })

  it('report what they cannot repair, once', async () => {
    const { capture, app, lines } = await openInstalled()
    await app.run('DROP TABLE book')
    lines.length = 0
    expect((await capture.repair()).drift).toMatchObject([{ problem: 'table_missing', repairable: false }])
    await capture.repair()
    expect(lines).toMatchObject([{ level: 'error', message: expect.stringContaining('no such table') }])
    await app.run(bookTable)
    expect(await capture.repair()).toMatchObject({ created: bookTriggers, drift: [] })
  })

  it('capture a new table of the name that another one had', async () => {
    const { capture, app, triggers, events } = await openInstalled()
    await app.run(`ALTER TABLE book RENAME TO old_book; ${bookTable.replace('PRIMARY KEY', '')}`)
    await capture.repair()
    await app.run(insertBook)
    expect(await events()).toHaveLength(1)
    expect(await capture.check()).toEqual([])
    await capture.install()
    expect(await triggers()).toEqual(bookTriggers)
    await app.run(`INSERT INTO old_book VALUES (1, 7, 'x', 1)`)
    expect(await events()).toHaveLength(1)
  })
})

describePostgres('columns that change', () => {
  it.each([
    ['added', 'ALTER TABLE book ADD COLUMN isbn text DEFAULT $$x$$', { isbn: 'x' }],
    ['renamed', 'ALTER TABLE book RENAME COLUMN pages TO page_count', { page_count: 3 }],
    ['dropped', 'ALTER TABLE book DROP COLUMN pages', {}],
    [
      'computed',
      'ALTER TABLE book ADD COLUMN twice int GENERATED ALWAYS AS (pages * 2) STORED',
      { twice: 6 },
    ],
    [
      'given another type',
      'ALTER TABLE book ALTER COLUMN user_id TYPE text, ALTER COLUMN pages TYPE text',
      { user_id: '7', pages: '3' },
    ],
  ])('are followed at once in a session that wrote before, when one is %s', async (_, alter, row) => {
    const { capture, app, events, forget } = await openInstalled()
    await app.run(`INSERT INTO book VALUES (1, 7, 'Dune', 2); UPDATE book SET pages = 3`)
    const other = await test?.connect()
    await forget()
    await other?.run(alter)
    await app.run(`UPDATE book SET title = 'Emma'; DELETE FROM book`)
    const [changed, removed] = await events()
    expect(changed).toMatchObject({ owner: '7', row: { title: 'Emma', ...row }, previous: row })
    expect(Object.keys(removed?.row ?? {})).toEqual(Object.keys(changed?.row ?? {}))
    expect(await capture.check()).toEqual([])
  })

  it('leave the other ones in their places when one before them is dropped, in statements of any size', async () => {
    const { app, events, forget } = await openInstalled({
      tables: 'CREATE TABLE book (id int PRIMARY KEY, a int, user_id int, b int, title int)',
    })
    await app.run('INSERT INTO book VALUES (1, 2, 3, 4, 5)')
    await app.run('ALTER TABLE book DROP COLUMN a; ALTER TABLE book ADD COLUMN c int DEFAULT 6')
    await forget()
    await app.run('UPDATE book SET title = 7; DELETE FROM book; INSERT INTO book VALUES (1, 3, 4, 5)')
    const row = { id: 1, user_id: 3, b: 4, title: 7, c: 6 }
    expect(await events()).toMatchObject([
      { owner: '3', row, previous: { ...row, title: 5 } },
      { owner: '3', row },
      { owner: '3', row: { ...row, title: 5 } },
    ])
    await app.run('INSERT INTO book SELECT i, i + 2, 4, 5 FROM generate_series(2, 2000) AS i')
    await forget()
    await app.run('UPDATE book SET title = 7; DELETE FROM book')
    const found = await events()
    expect(found).toHaveLength(4_000)
    for (const event of found)
      expect([event.owner, event.row]).toEqual([
        String(Number(event.row.id) + 2),
        { ...row, id: event.row.id, user_id: Number(event.row.id) + 2 },
      ])
    for (const { previous } of found.slice(0, 2_000)) expect(previous?.title).toBe(5)
  })

  it('are told of by the decoder after the next repair', async () => {
    const { capture, app, events } = await openInstalled()
    await app.run('ALTER TABLE book ADD COLUMN cover bytea')
    expect((await capture.check()).map(({ problem }) => problem)).toEqual([
      'outdated',
      'outdated',
      'outdated',
    ])
    await capture.repair()
    await app.run(String.raw`INSERT INTO book VALUES (1, 7, 'Dune', 2, '\x00ff')`)
    expect((await events())[0]?.row.cover).toBe('AP8=')
    expect(await capture.check()).toEqual([])
  })

  it('never break the writes when the owner is gone: it is reported, everyone still hears, and another owner is taken', async () => {
    const { capture, app, events, withCatalog } = await openInstalled()
    await app.run(`INSERT INTO book VALUES (1, 7, 'Dune', 2)`)
    await app.run('ALTER TABLE book RENAME COLUMN user_id TO account')
    await app.run(
      `INSERT INTO book VALUES (2, 7, 'Emma', 2); UPDATE book SET pages = 3 WHERE id = 2; DELETE FROM book WHERE id = 2`,
    )
    expect((await events()).map(({ name, owner }) => [name, owner])).toEqual([
      ['book.added', '7'],
      ['book.changed', null],
    ])
    expect((await capture.check()).filter(({ repairable }) => !repairable)).toMatchObject([
      { problem: 'owner_missing' },
    ])
    await capture.repair()
    await app.run(`UPDATE book SET pages = 4`)
    expect((await events()).at(-1)).toMatchObject({ name: 'book.changed', owner: null })
    const newer = withCatalog({ ...bookCatalog, models: { Book: { table: 'book', owner: 'account' } } })
    await newer.capture.install()
    await app.run(`INSERT INTO book VALUES (3, 8, 'Ada', 2)`)
    expect((await events()).at(-1)).toMatchObject({ name: 'book.added', owner: '8' })
  })
})

describePostgres('two processes with two catalogs', () => {
  const newer = { ...bookCatalog, events: { ...bookCatalog.events, 'book.known': { on: 'Book.created+' } } }

  it('settle on what both want, and do not undo each other', async () => {
    const opened = await openInstalled()
    const { capture: older, app, withCatalog } = opened
    const { capture: latest } = withCatalog(newer)
    await latest.install()
    expect(await older.check()).toEqual([])
    await app.run('DROP TRIGGER hookwright_book_created ON book')
    await older.repair()
    await latest.repair()
    const before = await state(opened)
    for (const capture of [older, latest, older, latest]) {
      expect(await capture.check()).toEqual([])
      await capture.repair()
    }
    expect(await state(opened)).toBe(before)
    await older.install()
    expect(await latest.check()).toMatchObject([{ problem: 'outdated', table: 'book' }])
  })

  it('drop what the other one wants where its owner is gone, and keep their own', async () => {
    const { capture, app, events, withCatalog } = await openInstalled()
    const rated = { Rating: { table: 'book', owner: 'pages' } }
    await withCatalog({ models: rated, events: { rated: 'Rating.created' } }).capture.install()
    await capture.repair()
    await app.run('ALTER TABLE book DROP COLUMN pages')
    await capture.repair()
    await app.run(insertBook)
    expect((await events()).map(({ name }) => name)).toEqual(['book.added'])
    expect(await capture.check()).toEqual([])
  })

  it('report an event that they define in two ways, and leave it to the next install', async () => {
    const opened = await openInstalled()
    const { capture, withCatalog } = opened
    const other = withCatalog({
      ...bookCatalog,
      events: { ...bookCatalog.events, 'book.added': 'Book.created+' },
    })
    expect(await other.capture.check()).toMatchObject([
      { problem: 'conflict', message: expect.stringContaining('book.added'), repairable: false },
    ])
    const before = await state(opened)
    await other.capture.repair()
    expect(await state(opened)).toBe(before)
    await other.capture.install()
    expect(await other.capture.check()).toEqual([])
    expect(await capture.check()).toMatchObject([{ problem: 'conflict' }])
  })

  it('leave the function of a newer hookwright alone until they are told to install', async () => {
    const { capture, app } = await openInstalled()
    const [row] = await app.run(
      `SELECT pg_get_functiondef(tgfoid) AS sql, tgfoid FROM pg_trigger WHERE tgname = 'hookwright_book_created'`,
    )
    const read = async () => (await app.run(`SELECT pg_get_functiondef($1::oid) AS sql`, row?.tgfoid))[0]?.sql
    const newerSql = String(row?.sql).replace(
      /\/\* hookwright \d+ created .* \*\//,
      '/* hookwright 999 created {} */',
    )
    await app.run(newerSql)
    const stored = await read()
    expect(await capture.check()).toEqual([])
    await capture.repair()
    expect(await read()).toBe(stored)
    await capture.install()
    expect(await read()).toBe(row?.sql)
  })
})

describePostgres('plan and uninstall on PostgreSQL', () => {
  it('tell the statements of install, complete and in order, and run none', async () => {
    const { capture, app, triggers, events } = await open({ captureRole: 'hw_capture_plan_role' })
    try {
      const statements = await capture.plan()
      expect(await triggers()).toEqual([])
      for (const statement of statements) await app.run(statement)
      expect(await triggers()).toEqual(bookTriggers)
      expect(await capture.plan()).toEqual([])
      expect(await capture.check()).toEqual([])
      await app.run(insertBook)
      expect(await events()).toHaveLength(1)
    } finally {
      await app.run('DROP OWNED BY hw_capture_plan_role CASCADE; DROP ROLE hw_capture_plan_role')
    }
  })

  it('remove every trigger, and install brings them back', async () => {
    const { capture, app, triggers, events } = await openInstalled()
    expect(await capture.uninstall()).toEqual(bookTriggers)
    expect(await triggers()).toEqual([])
    await app.run(insertBook)
    await capture.install()
    expect(await triggers()).toEqual(bookTriggers)
    expect(await events()).toEqual([])
  })
})

describePostgres('owners on PostgreSQL', () => {
  const tables = `CREATE TABLE account (id uuid PRIMARY KEY); ${bookTable}`

  it("remove a deleted owner's hooks, and come back when they are dropped", async () => {
    const { app, capture, store, triggers } = await openInstalled({
      tables,
      owners: { table: 'account', key: 'id' },
    })
    const [a, b] = ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']
    await app.run(`INSERT INTO account VALUES ('${a}'), ('${b}'); DELETE FROM hookwright.listening`)
    await app.run(`INSERT INTO hookwright.hook (id, owner, target, headers, secret, created_at, updated_at) VALUES
      (1, '${a}', 'x', '{}', 's', 0, 0), (2, '${b}', 'x', '{}', 's', 0, 0), (3, '${a}', 'x', '{}', 's', 0, 0)`)
    await app.run(`INSERT INTO hookwright.subscription VALUES ('book.added', '${a}', 1), ('book.added', '${b}', 2), ('book.changed', '${a}', 3);
      INSERT INTO hookwright.listening VALUES ('book.added'), ('book.changed');
      INSERT INTO hookwright.delivery (hook_id, event_seq, due_at, parked_due_at) VALUES (1, 1, 5, NULL), (3, 1, NULL, 5)`)
    await app
      .run(
        `CREATE ROLE hw_capture_bare; GRANT SELECT, DELETE ON account TO hw_capture_bare; SET ROLE hw_capture_bare`,
      )
      .catch(() => app.run('GRANT SELECT, DELETE ON account TO hw_capture_bare; SET ROLE hw_capture_bare'))
    await app.run(
      `DELETE FROM account WHERE id = '${a}'; RESET ROLE; DROP OWNED BY hw_capture_bare; DROP ROLE hw_capture_bare`,
    )
    expect(await app.run('SELECT id FROM hookwright.hook WHERE deleted_at IS NULL')).toEqual([{ id: '2' }])
    expect(await app.run('SELECT hook_id FROM hookwright.subscription')).toEqual([{ hook_id: '2' }])
    const heard = () => app.run('SELECT event FROM hookwright.listening ORDER BY event')
    expect(await heard()).toEqual([{ event: 'book.added' }, { event: 'book.changed' }])
    await forgetUnheard(store)
    expect(await heard()).toEqual([{ event: 'book.added' }])
    expect(await app.run('SELECT hook_id, next_at FROM hookwright.lane')).toEqual([
      { hook_id: '3', next_at: '0' },
    ])
    await app.run('DROP TRIGGER hookwright_owners_of_account ON account')
    expect(await capture.check()).toMatchObject([{ problem: 'missing', table: 'account' }])
    await capture.repair()
    expect(await triggers()).toContain('hookwright_owners_of_account')
    expect(await capture.check()).toEqual([])
    await test?.withCatalog(bookCatalog).capture.install()
    expect(await triggers()).toEqual(bookTriggers)
  })

  it('leave alone what another hook, that is made at this moment, is to hear of', async () => {
    const { app, connect } = await openInstalled({ tables, owners: { table: 'account', key: 'id' } })
    const [a, b] = ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']
    await app.run(`INSERT INTO account VALUES ('${a}'); DELETE FROM hookwright.listening;
      INSERT INTO hookwright.hook (id, owner, target, headers, secret, created_at, updated_at) VALUES (1, '${a}', 'x', '{}', 's', 0, 0);
      INSERT INTO hookwright.subscription VALUES ('book.added', '${a}', 1); INSERT INTO hookwright.listening VALUES ('book.added')`)
    const other = await connect()
    await other.run(`BEGIN; INSERT INTO hookwright.subscription VALUES ('book.added', '${b}', 2)`)
    await other.run("INSERT INTO hookwright.listening VALUES ('book.added') ON CONFLICT DO NOTHING")
    await app.run('DELETE FROM account')
    await other.run('COMMIT')
    expect(await app.run('SELECT event FROM hookwright.listening')).toEqual([{ event: 'book.added' }])
  })

  it.each([
    ['table', { table: 'accounts', key: 'id' }, /owners\.table.*"accounts"/],
    ['column', { table: 'account', key: 'uuid' }, /owners\.key.*"uuid"/],
  ])('name the %s that there is not', async (_, owners, message) => {
    const { capture } = await open({ tables, owners })
    await expect(capture.install()).rejects.toThrow(message)
  })
})
