import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineCatalog } from '../catalog/index.ts'
import type { Logger } from '../core/logger.ts'
import { sqlite } from '../store/sqlite/index.ts'
import { migrations } from '../store/sqlite/migrations/index.ts'
import { createCapture } from './capture.ts'
import { decodeRow } from './row.ts'

/** The libraries that an application may write through. One process must not open a file through both. */
export type Library = 'node:sqlite' | 'better-sqlite3'

/** The application's own connection, the same for both libraries. */
export interface App {
  readonly handle: Parameters<typeof sqlite>[0]
  exec(sql: string): void
  run(sql: string, ...values: unknown[]): { changes: number; lastInsertRowid: number }
  all(sql: string, ...values: unknown[]): Record<string, unknown>[]
  /** Like `all`, with every integer as a bigint. */
  allExact(sql: string, ...values: unknown[]): Record<string, unknown>[]
  close(): void
}

export async function openApp(library: Library, path: string): Promise<App> {
  if (library === 'better-sqlite3') {
    const { default: Database } = await import('better-sqlite3')
    const handle = new Database(path)
    return {
      handle,
      exec: (sql) => void handle.exec(sql),
      run: (sql, ...values) => numbers(handle.prepare(sql).run(...values)),
      all: (sql, ...values) => handle.prepare<unknown[], Record<string, unknown>>(sql).all(...values),
      allExact: (sql, ...values) =>
        handle
          .prepare<unknown[], Record<string, unknown>>(sql)
          .safeIntegers(true)
          .all(...values),
      close: () => void handle.close(),
    }
  }
  const { DatabaseSync } = await import('node:sqlite')
  const handle = new DatabaseSync(path)
  return {
    handle,
    exec: (sql) => handle.exec(sql),
    run: (sql, ...values) => numbers(handle.prepare(sql).run(...(values as string[]))),
    all: (sql, ...values) => handle.prepare(sql).all(...(values as string[])),
    allExact: (sql, ...values) => {
      const statement = handle.prepare(sql)
      statement.setReadBigInts(true)
      return statement.all(...(values as string[]))
    },
    close: () => handle.close(),
  }
}

function numbers(result: { changes: number | bigint; lastInsertRowid: number | bigint }) {
  return { changes: Number(result.changes), lastInsertRowid: Number(result.lastInsertRowid) }
}

/** hookwright's own tables, on a connection of the application's. */
export function createStoreTables(app: Pick<App, 'exec'>): void {
  for (const { statements } of migrations) for (const statement of statements) app.exec(statement)
}

/** An event as a trigger wrote it, with its rows read. */
function eventsIn(app: Pick<App, 'all'>) {
  return app.all('SELECT * FROM hookwright_event ORDER BY seq').map((event) => ({
    name: event.name,
    owner: event.owner,
    broadcast: event.broadcast,
    model: event.model,
    action: event.action,
    row: decodeRow(String(event.row_json)),
    previous: event.previous_json === null ? undefined : decodeRow(String(event.previous_json)),
  }))
}

/** A logger that keeps what it is told. */
function recordingLogger() {
  const lines: { level: string; message: string; fields: object }[] = []
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, fields })
  const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  return { logger, lines }
}

const bookTable = `CREATE TABLE book (
  id INTEGER PRIMARY KEY,
  user_id INTEGER,
  title TEXT NOT NULL,
  pages INTEGER
)`

/** Events for each change of a book: the owner's hooks hear of them, and everybody's of a change. */
export const bookCatalog = {
  models: { Book: { table: 'book', owner: 'user_id' } },
  events: {
    'book.added': 'Book.created',
    'book.changed': 'Book.updated+',
    'book.removed': 'Book.deleted',
    'book.read': 'Book.read',
  },
}

export interface TestCaptureOptions {
  library?: Library
  /** The application's tables. */
  schema?: string
  catalog?: { models: unknown; events: unknown }
  /** What some hook listens to; everything, by default. */
  listening?: string[]
}

/** A capture on a database in a temporary folder, and the application's connection to it. */
export async function openTestCapture({
  library = 'node:sqlite',
  schema = bookTable,
  catalog: options = bookCatalog,
  listening,
}: TestCaptureOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'capture-'))
  const path = join(folder, 'app.db')
  const app = await openApp(library, path)
  app.exec(schema)
  const catalog = defineCatalog(options)
  const store = sqlite(app.handle)
  await store.migrate()
  const listen = (events: Iterable<string>) => {
    for (const event of events) app.run('INSERT OR IGNORE INTO hookwright_listening VALUES (?)', event)
  }
  listen(listening ?? catalog.events.keys())
  const { logger, lines } = recordingLogger()
  const capture = createCapture({ store, catalog, logger })
  return {
    app,
    store,
    catalog,
    capture,
    path,
    lines,
    listen,
    events: () => eventsIn(app),
    triggers: () =>
      app.all(`SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name`).map(({ name }) => name),
    /** Another process with another catalog. */
    withCatalog: (other: { models: unknown; events: unknown }) => {
      const recording = recordingLogger()
      const otherCatalog = defineCatalog(other)
      return {
        catalog: otherCatalog,
        lines: recording.lines,
        capture: createCapture({ store, catalog: otherCatalog, logger: recording.logger }),
      }
    },
    /** Closes and removes the database. */
    async close() {
      await store.close()
      app.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type TestCapture = Awaited<ReturnType<typeof openTestCapture>>
