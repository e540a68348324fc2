import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import type { Store } from '../store/store.ts'
import { createCapture } from './capture.ts'
import { bookCatalog, openTestCapture, type TestCapture, type TestCaptureOptions } from './test-capture.ts'

const bookTriggers = ['hookwright_book_created', 'hookwright_book_deleted', 'hookwright_book_updated']

/** A connection that failed to compile a trigger sees the newer schema once any other statement runs. */
function seeSchema({ app }: TestCapture): void {
  app.all('SELECT 1 FROM sqlite_schema')
}

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

afterEach(async () => {
  await test?.close()
  test = undefined
})

describe('install', () => {
  it('makes a trigger for each action that an event is on, and says so', async () => {
    const { capture, triggers, lines } = await open()
    const report = await capture.install()
    expect(report).toEqual({ created: bookTriggers, dropped: [], storeRestored: false, drift: [] })
    expect(triggers()).toEqual(bookTriggers)
    expect(lines).toMatchObject([{ level: 'info' }])
  })

  it('finds nothing to do the second time', async () => {
    const { capture, app, lines } = await openInstalled()
    const [before] = app.all('PRAGMA schema_version')
    expect(await capture.install()).toMatchObject({ created: [], dropped: [] })
    expect(app.all('PRAGMA schema_version')).toEqual([before])
    expect(lines).toHaveLength(1)
  })

  it('drops the triggers that the catalog no longer wants, and no others', async () => {
    const { app, triggers, withCatalog } = await openInstalled()
    app.exec('CREATE TRIGGER hookwright_mine AFTER INSERT ON book BEGIN SELECT 1; END')
    app.exec('CREATE TRIGGER mine AFTER INSERT ON book BEGIN SELECT 1; END')
    const { capture } = withCatalog({ ...bookCatalog, events: { 'book.removed': 'Book.deleted' } })
    const report = await capture.install()
    expect(report.dropped.toSorted()).toEqual(['hookwright_book_created', 'hookwright_book_updated'])
    expect(triggers()).toEqual(['hookwright_book_deleted', 'hookwright_mine', 'mine'])
  })

  it('moves the triggers of a table that was renamed, so that nothing is captured twice', async () => {
    const { app, events, triggers, withCatalog } = await openInstalled()
    app.exec('ALTER TABLE book RENAME TO tome')
    const { capture } = withCatalog({ ...bookCatalog, models: { Book: { table: 'tome', owner: 'user_id' } } })
    await capture.install()
    expect(triggers()).toEqual([
      'hookwright_tome_created',
      'hookwright_tome_deleted',
      'hookwright_tome_updated',
    ])
    app.exec(`INSERT INTO tome VALUES (1, 7, 'Dune', 1)`)
    expect(events()).toHaveLength(1)
  })

  it('finds the table and its columns whatever the case of their names', async () => {
    const { app, capture, events } = await openInstalled({
      catalog: { ...bookCatalog, models: { Book: { table: 'BOOK', owner: 'User_ID', key: 'ID' } } },
    })
    app.exec(`INSERT INTO book VALUES (1, 7, 'Dune', 1)`)
    expect(events()).toMatchObject([{ owner: '7', row: { user_id: 7 } }])
    expect(await capture.check()).toEqual([])
  })

  it('refuses without own tables, and drops triggers that break the writes', async () => {
    const { app, capture, triggers } = await openInstalled()
    app.exec('DROP TABLE hookwright_event')
    await expect(capture.install()).rejects.toMatchObject({ code: 'database_outdated' })
    expect(triggers()).toEqual([])
  })

  it.each([
    [
      'a table that is not there',
      'SELECT 1',
      /models\["Book"\]\.table: the database has no such table \(got "book"\)\. .*create/,
    ],
    ['a view', 'CREATE VIEW book AS SELECT 1 AS id, 2 AS user_id', /\.table: it is a view.*Name the table/],
    [
      'a virtual table',
      'CREATE VIRTUAL TABLE book USING fts5(user_id)',
      /\.table: it is a virtual table.*ordinary table/,
    ],
    [
      'a missing owner',
      'CREATE TABLE book (id, account)',
      /models\["Book"\]\.owner: .*"book" has no such column \(got "user_id"\)\. Its columns are "id, account"/,
    ],
  ])('refuses %s, naming model, table and cure, and installs the others', async (_, schema, message) => {
    const { capture, triggers } = await open({
      schema: `${schema}; CREATE TABLE author (id INTEGER PRIMARY KEY)`,
      catalog: {
        models: { ...bookCatalog.models, Author: { table: 'author' } },
        events: { ...bookCatalog.events, 'author.added': 'Author.created+' },
      },
    })
    await expect(capture.install()).rejects.toMatchObject({
      code: 'capture_failed',
      message: expect.stringMatching(message),
    })
    expect(triggers()).toContain('hookwright_author_created')
    expect(await capture.check()).toMatchObject([{ model: 'Book', repairable: false }])
  })

  it("refuses SQLite's tables, our own, and a key that is no column", async () => {
    const { capture } = await open({
      schema: 'CREATE TABLE book (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id)',
      catalog: {
        models: {
          Book: { table: 'book', owner: 'user_id', key: ['id', 'page'] },
          Hook: { table: 'hookwright_hook', owner: 'owner' },
          Sequence: { table: 'sqlite_sequence', owner: 'name' },
        },
        events: { 'hook.added': 'Hook.created', 'sequence.added': 'Sequence.created' },
      },
    })
    await expect(capture.install()).rejects.toThrow(
      /models\["Book"\]\.key: .*\(got "page"\).*\n.*hookwright's own tables.*\n.*a table of SQLite itself/,
    )
  })

  it("leaves the application's own trigger alone where it has the name of ours", async () => {
    const { app, capture, triggers } = await open()
    app.exec('CREATE TRIGGER HOOKWRIGHT_book_created AFTER INSERT ON book BEGIN SELECT 1; END')
    await expect(capture.install()).rejects.toThrow(
      /trigger of the application's is called hookwright_book_created.*Rename it/,
    )
    expect(triggers()).toEqual([
      'HOOKWRIGHT_book_created',
      'hookwright_book_deleted',
      'hookwright_book_updated',
    ])
  })

  it('is safe in several processes at once', async () => {
    const { capture, path, triggers } = await open()
    const code = `
      import { createCapture } from ${JSON.stringify(import.meta.resolve('./capture.ts'))}
      import { defineCatalog } from ${JSON.stringify(import.meta.resolve('../catalog/index.ts'))}
      import { sqlite } from ${JSON.stringify(import.meta.resolve('../store/sqlite/index.ts'))}
      const logger = { debug() {}, info() {}, warn() {}, error() {} }
      const store = sqlite(${JSON.stringify(path)})
      const capture = createCapture({ store, catalog: defineCatalog(${JSON.stringify(bookCatalog)}), logger })
      await store.open()
      process.send('ready')
      await new Promise((resolve) => process.once('message', resolve))
      for (let round = 0; round < 5; round++) {
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
    expect(triggers()).toEqual(bookTriggers)
    expect(await capture.check()).toEqual([])
  })
})

describe('another process', () => {
  it('is captured, also where it writes through another library', async () => {
    const { path, events } = await openInstalled()
    const code = `
      import Database from ${JSON.stringify(import.meta.resolve('better-sqlite3'))}
      const database = new Database(${JSON.stringify(path)})
      database.prepare('INSERT INTO book VALUES (?, ?, ?, ?)').run(1n, 7n, 'Dune', 0.1)
      database.close()`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(events()).toMatchObject([{ owner: '7', row: { id: 1, title: 'Dune', pages: 0.1 } }])
  })
})

describe('check', () => {
  it('finds nothing after install, and reads next to nothing while the schema stays the same', async () => {
    const { capture, store, app } = await openInstalled()
    const first = await capture.check()
    expect(first).toEqual([])
    const queries: string[] = []
    const read = store.read.bind(store)
    const counting: Store['read'] = (work) =>
      read(function* () {
        const inner = work()
        let step = inner.next()
        while (!step.done) {
          queries.push(step.value.sql)
          step = inner.next(yield step.value)
        }
        return step.value
      })
    Object.assign(store, { read: counting })
    app.exec(`INSERT INTO book VALUES (1, 7, 'Dune', 1)`)
    expect(await capture.check()).toBe(first)
    expect(queries).toEqual(['PRAGMA schema_version'])
  })

  it('finds a trigger that was dropped, also by a rebuild of its table', async () => {
    const { capture, app } = await openInstalled()
    app.exec('DROP TRIGGER hookwright_book_updated')
    expect(await capture.check()).toMatchObject([
      {
        problem: 'missing',
        model: 'Book',
        table: 'book',
        message: expect.stringContaining('hookwright_book_updated'),
        repairable: true,
      },
    ])
    app.exec(`CREATE TABLE new_book (id INTEGER PRIMARY KEY, user_id, title, isbn);
      INSERT INTO new_book SELECT id, user_id, title, NULL FROM book; DROP TABLE book; ALTER TABLE new_book RENAME TO book`)
    expect((await capture.check()).map(({ problem }) => problem)).toEqual(['missing', 'missing', 'missing'])
  })

  it.each([
    ['added', 'ALTER TABLE book ADD COLUMN isbn TEXT'],
    ['renamed', 'ALTER TABLE book RENAME COLUMN pages TO page_count'],
    ['computed', 'ALTER TABLE book ADD COLUMN twice AS (pages * 2)'],
    [
      'dropped in spite of the triggers',
      'PRAGMA legacy_alter_table = ON; ALTER TABLE book DROP COLUMN pages',
    ],
  ])(
    'finds triggers that are older than a column that was %s, and repair brings them up to date',
    async (_, alter) => {
      const opened = await openInstalled()
      const { capture, app, events } = opened
      app.exec(alter)
      expect((await capture.check()).map(({ problem }) => problem)).toEqual([
        'outdated',
        'outdated',
        'outdated',
      ])
      await capture.repair()
      expect(await capture.check()).toEqual([])
      seeSchema(opened)
      app.exec(`INSERT INTO book (id, user_id, title) VALUES (1, 7, 'Dune')`)
      const columns = app.all('SELECT name FROM pragma_table_xinfo(?)', 'book').map(({ name }) => name)
      expect(Object.keys(events()[0]?.row ?? {})).toEqual(columns)
    },
  )

  it('opens nothing by being created', () => {
    const store = { dialect: 'sqlite' } as Store
    expect(() =>
      createCapture({ store, catalog: { models: new Map(), events: new Map() }, logger: console }),
    ).not.toThrow()
  })
})

describe('repair', () => {
  it('installs what is missing, and logs why', async () => {
    const { capture, app, lines, triggers } = await openInstalled()
    app.exec('DROP TRIGGER hookwright_book_created')
    lines.length = 0
    expect(await capture.repair()).toEqual({
      created: ['hookwright_book_created'],
      dropped: [],
      storeRestored: false,
      drift: [],
    })
    expect(triggers()).toEqual(bookTriggers)
    expect(lines).toMatchObject([
      { level: 'warn', message: expect.stringContaining('hookwright_book_created is missing') },
      { level: 'warn', fields: { created: ['hookwright_book_created'] } },
    ])
  })

  it('writes nothing without need', async () => {
    const { capture, store, app, lines } = await openInstalled()
    lines.length = 0
    app.exec('BEGIN IMMEDIATE') // Whoever wants to write now has to wait.
    Object.assign(store, { write: () => Promise.reject(new Error('it writes')) })
    expect(await capture.repair()).toMatchObject({ created: [], dropped: [], drift: [] })
    app.exec('ROLLBACK')
    expect(lines).toEqual([])
  })

  it('lets the application write again after a tool has dropped our tables, and captures from then on', async () => {
    const { capture, app, listen, events, triggers, lines } = await openInstalled()
    for (const { name } of app.all(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'hookwright%'`,
    )) {
      app.exec(`DROP TABLE ${String(name)}`)
    }
    const insert = `INSERT INTO book (user_id, title) VALUES (7, 'Dune')`
    expect(() => app.exec(insert)).toThrow(/no such table/)
    expect((await capture.check())[0]).toMatchObject({ problem: 'store_missing', repairable: true })
    lines.length = 0
    expect(await capture.repair()).toEqual({
      created: bookTriggers,
      dropped: bookTriggers,
      storeRestored: true,
      drift: [],
    })
    expect(triggers()).toEqual(bookTriggers)
    expect(lines[0]).toMatchObject({ level: 'error', message: expect.stringContaining('dropped') })
    listen(['book.added'])
    app.exec(insert)
    expect(events()).toHaveLength(1)
  })

  it.each(['hook', 'subscription', 'lane'])(
    'makes the table of %ss anew where only that was dropped',
    async (name) => {
      const { capture, app } = await openInstalled()
      app.exec(`DROP TABLE hookwright_${name}`)
      expect(await capture.repair()).toMatchObject({ storeRestored: true, drift: [] })
      expect(app.all(`SELECT 1 FROM hookwright_${name}`)).toEqual([])
    },
  )

  it('drops the triggers first, so that the application writes even if the tables cannot be made', async () => {
    const opened = await openInstalled()
    const { capture, app, store } = opened
    app.exec('DROP TABLE hookwright_listening')
    Object.assign(store, { migrate: () => Promise.reject(new Error('disk full')) })
    await expect(capture.repair()).rejects.toThrow('disk full')
    seeSchema(opened)
    app.exec(`INSERT INTO book (user_id, title) VALUES (7, 'Dune')`)
    expect(await capture.check()).not.toEqual([])
  })

  it('reports what it cannot repair, once', async () => {
    const { capture, app, lines } = await openInstalled()
    app.exec('DROP TABLE book')
    lines.length = 0
    const { drift } = await capture.repair()
    expect(drift).toMatchObject([
      { problem: 'table_missing', model: 'Book', table: 'book', repairable: false },
    ])
    await capture.repair()
    await capture.repair()
    expect(lines).toMatchObject([{ level: 'error', message: expect.stringContaining('no such table') }])
    app.exec('CREATE TABLE book (id INTEGER PRIMARY KEY, user_id, title)')
    expect(await capture.repair()).toMatchObject({ created: bookTriggers, drift: [] })
  })

  it('frees the name that the trigger of a renamed table still has', async () => {
    const { capture, app, triggers, events } = await openInstalled()
    app.exec(
      'ALTER TABLE book RENAME TO old_book; CREATE TABLE book (id INTEGER PRIMARY KEY, user_id, title)',
    )
    await capture.repair()
    expect(triggers()).toEqual(expect.arrayContaining(bookTriggers))
    app.exec(`INSERT INTO book VALUES (1, 7, 'Dune')`)
    expect(events()).toHaveLength(1)
    await capture.install()
    expect(triggers()).toEqual(bookTriggers)
  })
})

describe('two processes with two catalogs', () => {
  const newer = { ...bookCatalog, events: { ...bookCatalog.events, 'book.known': { on: 'Book.created+' } } }

  it('settle on what both want, and do not undo each other', async () => {
    const { capture: older, app, withCatalog } = await openInstalled()
    const { capture: latest } = withCatalog(newer)
    await latest.install()
    expect(await older.check()).toEqual([])
    app.exec('DROP TRIGGER hookwright_book_created; ALTER TABLE book ADD COLUMN isbn')
    await older.repair()
    expect(await latest.check()).toMatchObject([{ problem: 'outdated' }])
    await latest.repair()
    const [version] = app.all('PRAGMA schema_version')
    for (const capture of [older, latest, older, latest]) {
      expect(await capture.check()).toEqual([])
      await capture.repair()
    }
    expect(app.all('PRAGMA schema_version')).toEqual([version])
    await older.install()
    expect(await latest.check()).toMatchObject([{ problem: 'outdated', table: 'book' }])
  })

  it('keep an event of the other one on another table up to date', async () => {
    const { capture, app, withCatalog, events, listen } = await openInstalled({
      schema:
        'CREATE TABLE book (id INTEGER PRIMARY KEY, user_id); CREATE TABLE author (id INTEGER PRIMARY KEY, name)',
    })
    const latest = withCatalog({
      models: { ...bookCatalog.models, Author: { table: 'author' } },
      events: { ...bookCatalog.events, 'author.added': 'Author.created+' },
    })
    await latest.capture.install()
    listen(['author.added'])
    app.exec('ALTER TABLE author ADD COLUMN born INTEGER')
    await capture.repair()
    app.exec('INSERT INTO author (born) VALUES (1920)')
    expect(events()).toMatchObject([{ model: 'Author', row: { born: 1920 } }])
    expect(await latest.capture.check()).toEqual([])
  })

  it('drop what the other one wants where it breaks the writes, and keep their own', async () => {
    const opened = await openInstalled()
    const { capture, app, events, withCatalog } = opened
    const rated = { Rating: { table: 'book', owner: 'pages' } }
    await withCatalog({ models: rated, events: { rated: 'Rating.created' } }).capture.install()
    await capture.repair()
    app.exec('PRAGMA legacy_alter_table = ON; ALTER TABLE book DROP COLUMN pages')
    await capture.repair()
    seeSchema(opened)
    app.exec(`INSERT INTO book VALUES (1, 7, 'Dune')`)
    expect(events()).toMatchObject([{ name: 'book.added' }])
  })

  it('report an event that they define in two ways, and leave it to the next install', async () => {
    const { capture, app, withCatalog } = await openInstalled()
    const other = withCatalog({
      ...bookCatalog,
      events: { ...bookCatalog.events, 'book.added': 'Book.created+' },
    })
    expect(await other.capture.check()).toMatchObject([
      { problem: 'conflict', message: expect.stringContaining('book.added'), repairable: false },
    ])
    const [version] = app.all('PRAGMA schema_version')
    await other.capture.repair()
    expect(app.all('PRAGMA schema_version')).toEqual([version])
    await other.capture.install()
    expect(await other.capture.check()).toEqual([])
    expect(await capture.check()).toMatchObject([{ problem: 'conflict' }])
  })

  it('leave the trigger of a newer hookwright alone until they are told to install', async () => {
    const { capture, app } = await openInstalled()
    const [row] = app.all(`SELECT sql FROM sqlite_schema WHERE name = 'hookwright_book_created'`)
    const newerSql = String(row?.sql).replace(
      /\/\* hookwright \d+ created .* \*\//,
      '/* hookwright 999 created {} */',
    )
    app.exec(`DROP TRIGGER hookwright_book_created; ${newerSql}`)
    expect(await capture.check()).toEqual([])
    await capture.repair()
    expect(app.all(`SELECT sql FROM sqlite_schema WHERE name = 'hookwright_book_created'`)).toEqual([
      { sql: newerSql },
    ])
    await capture.install()
    expect(app.all(`SELECT sql FROM sqlite_schema WHERE name = 'hookwright_book_created'`)).toEqual([row])
  })
})

describe('plan', () => {
  it('tells the statements of install, and runs none', async () => {
    const { capture, app, triggers, events } = await open()
    const statements = await capture.plan()
    expect(triggers()).toEqual([])
    for (const statement of statements) app.exec(statement)
    expect(triggers()).toEqual(bookTriggers)
    expect(await capture.plan()).toEqual([])
    expect(await capture.check()).toEqual([])
    app.exec(`INSERT INTO book VALUES (1, 7, 'Dune', 1)`)
    expect(events()).toHaveLength(1)
  })
})

describe('uninstall', () => {
  it('lets a migration drop a column, and install brings the triggers back', async () => {
    const { capture, app, triggers } = await openInstalled()
    const dropColumn = 'ALTER TABLE book DROP COLUMN pages'
    expect(() => app.exec(dropColumn)).toThrow(/hookwright_book_created/)
    expect(await capture.uninstall()).toEqual(bookTriggers)
    app.exec(dropColumn)
    await capture.install()
    expect(triggers()).toEqual(bookTriggers)
  })
})
