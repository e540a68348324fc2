import pg from 'pg'
import { createTestDatabase } from '../../../test/support/postgres.ts'
import { defineCatalog } from '../../catalog/index.ts'
import type { Logger } from '../../core/logger.ts'
import { type PostgresStore, postgres } from '../../store/postgres/index.ts'
import { createCapture } from '../capture.ts'
import type { OwnersTable } from '../dialect.ts'
import { decodeRow } from '../row.ts'

const types = { getTypeParser: () => (text: string | Buffer) => String(text) }

/** The application's connection, or any other. All values come as text. */
export interface App {
  /** Runs one statement, or several without values. */
  run(sql: string, ...values: unknown[]): Promise<Record<string, string | null>[]>
  close(): Promise<void>
}

async function connect(url: string | URL): Promise<App> {
  const client = new pg.Client({ connectionString: String(url) })
  await client.connect()
  return {
    async run(text, ...values) {
      const result = await client.query({ text, types, ...(values.length === 0 ? {} : { values }) })
      const last = Array.isArray(result) ? result.at(-1) : result
      return (last as pg.QueryResult<Record<string, string | null>>).rows
    },
    close: () => client.end(),
  }
}

/** A logger that keeps what it is told. */
function recordingLogger() {
  const lines: { level: string; message: string; fields: object }[] = []
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, fields })
  const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  return { logger, lines }
}

export const bookTable = `CREATE TABLE book (
  id bigint PRIMARY KEY,
  user_id bigint,
  title text NOT NULL,
  pages integer
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
  /** The application's tables. */
  tables?: string
  catalog?: { models: unknown; events: unknown }
  owners?: OwnersTable
  /** What some hook listens to; everything, by default. */
  listening?: string[]
  schema?: string
  captureRole?: string | false
  /** Who migrates. */
  url?: (url: URL) => URL
}

/** A capture on a database of its own, and the application's connection to it. */
export async function openTestCapture({
  tables = bookTable,
  catalog: options = bookCatalog,
  owners,
  listening,
  schema = 'hookwright',
  captureRole = 'hookwright_capture',
  url: as = (url) => url,
}: TestCaptureOptions = {}) {
  const database = await createTestDatabase()
  const app = await connect(database.url)
  await app.run(tables)
  const catalog = defineCatalog(options)
  const store: PostgresStore = postgres(String(as(new URL(database.url))), { schema, captureRole })
  await store.migrate()
  const listen = async (events: Iterable<string>) => {
    for (const event of events)
      await app.run(`INSERT INTO "${schema}".listening VALUES ($1) ON CONFLICT DO NOTHING`, event)
  }
  await listen(listening ?? catalog.events.keys())
  const { logger, lines } = recordingLogger()
  const others: App[] = []
  return {
    app,
    store,
    catalog,
    capture: createCapture({ store, catalog, owners, logger }),
    lines,
    listen,
    url: new URL(database.url),
    /** Another connection, of another user if told. */
    async connect(user?: string): Promise<App> {
      const url = new URL(database.url)
      if (user !== undefined) url.username = user
      const other = await connect(url)
      others.push(other)
      return other
    },
    async events() {
      const rows = await app.run(`SELECT * FROM "${schema}".event ORDER BY seq`)
      return rows.map((event) => ({
        name: event.name,
        owner: event.owner,
        broadcast: Number(event.broadcast),
        model: event.model,
        action: event.action,
        row: decodeRow(String(event.row_json)),
        previous: event.previous_json === null ? undefined : decodeRow(String(event.previous_json)),
      }))
    },
    forget: () => app.run(`DELETE FROM "${schema}".event`),
    async triggers() {
      const rows = await app.run(
        `SELECT DISTINCT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname <> 'wake_idle' ORDER BY tgname`,
      )
      return rows.map(({ tgname }) => tgname)
    },
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
    /** Closes all connections and drops the database. */
    async close() {
      await store.close()
      for (const connection of [app, ...others]) await connection.close()
      await database.drop()
    },
  }
}

export type TestCapture = Awaited<ReturnType<typeof openTestCapture>>
