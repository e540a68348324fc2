import { afterEach, beforeEach } from 'vitest'
import type { Logger } from '../../src/core/logger.ts'
import type { Store } from '../../src/store/store.ts'
import { type TestHooks, testHooks } from '../../src/testing/index.ts'
import type { Harness, TestDatabase } from './harness.ts'

export interface BookRow {
  id: number
  title: string
  pages: number | null
  read_pages: number
  user_id: number | null
}

/** The bookstore's table; every test gets it empty. */
const BOOK = `CREATE TABLE book (
  id INTEGER PRIMARY KEY, title TEXT NOT NULL, pages INTEGER, read_pages INTEGER NOT NULL DEFAULT 0, user_id INTEGER
)`

/** A time that every test starts at. */
export const START = Date.UTC(2030, 0, 1)

export const TARGET = 'https://example.com/target'

export interface LogEntry {
  level: keyof Logger
  fields: object
  message: string
}

/** Keeps what is reported. */
export function recordingLogger(): { logger: Logger; log: LogEntry[] } {
  const log: LogEntry[] = []
  const keep = (level: keyof Logger) => (fields: object, message: string) =>
    void log.push({ level, fields, message })
  return {
    log,
    logger: { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') },
  }
}

interface Openable {
  migrate(): Promise<unknown>
  close(): Promise<void>
}

export interface Opened<H> {
  hooks: H
  /** What they keep their state in. */
  store: Store
  test: TestHooks
  log: LogEntry[]
}

/** A bookstore on a new database for each test of the surrounding suite. */
export interface Application {
  readonly database: TestDatabase
  /** Makes hooks on it, migrated, with a clock and a network in the test's hands. It closes them in the end. */
  open<H extends Openable>(create: (database: Store, logger: Logger) => H): Promise<Opened<H>>
  addBook(book: Partial<BookRow> & { id: number }): Promise<void>
}

export function application(harness: Harness): Application {
  let database: TestDatabase
  let opened: Openable[] = []

  beforeEach(async () => {
    opened = []
    database = await harness.createDatabase()
    await database.exec(BOOK)
  })

  afterEach(async () => {
    for (const hooks of opened) await hooks.close()
    await database.close()
  })

  return {
    get database() {
      return database
    },
    async open(create) {
      const { logger, log } = recordingLogger()
      const store = database.store()
      const hooks = create(store, logger)
      opened.push(hooks)
      await hooks.migrate()
      return { hooks, store, test: testHooks(hooks, { now: START }), log }
    },
    async addBook({ id, title = `Book ${id}`, pages = 100, read_pages = 0, user_id = 1 }) {
      await database.exec(
        `INSERT INTO book (id, title, pages, read_pages, user_id)
         VALUES (${id}, '${title}', ${pages}, ${read_pages}, ${user_id})`,
      )
    },
  }
}
