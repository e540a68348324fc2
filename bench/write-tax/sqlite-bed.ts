import type { DatabaseSync } from 'node:sqlite'
import type { Database } from 'better-sqlite3'
import { sqlite } from 'hookwright/sqlite'
import { type Bed, capture } from './bed.ts'
import { book, COLUMNS, payloadOf, placeholders, type Values } from './book.ts'
import {
  BULK_ROWS,
  type OperationName,
  operations,
  UPDATED_ROWS,
  type VariantDefinition,
} from './variants.ts'

const SCHEMA = `
  CREATE TABLE book (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    pages INTEGER NOT NULL,
    read_pages INTEGER NOT NULL,
    fiction INTEGER NOT NULL,
    price REAL NOT NULL
  );
  CREATE TABLE outbox (id INTEGER PRIMARY KEY, type TEXT NOT NULL, payload TEXT NOT NULL, created_at INTEGER NOT NULL)`

/** An application is a server: from time to time its event loop gets its turn, and with it whatever else runs there. */
const TRANSACTIONS_A_TURN = 10

/** A file with the table and one variant, written to on the application's own connection. */
export async function sqliteBed(handle: DatabaseSync | Database, variant: VariantDefinition): Promise<Bed> {
  handle.exec('PRAGMA journal_mode = WAL')
  handle.exec(SCHEMA)
  const columns = COLUMNS.join(', ')
  const insertInto = (table: string, names: string, rows: number, width: number) =>
    handle.prepare(`INSERT INTO ${table} (${names}) VALUES ${placeholders(rows, width, () => '?')}`)
  const insert = insertInto('book', columns, 1, COLUMNS.length)
  const bulk = insertInto('book', columns, BULK_ROWS, COLUMNS.length)
  const note = insertInto('outbox', 'type, payload, created_at', 1, 3)
  const noteBulk = insertInto('outbox', 'type, payload, created_at', BULK_ROWS, 3)
  const update = handle.prepare('UPDATE book SET read_pages = ?, title = ? WHERE id = ?')
  for (let n = 0; n < UPDATED_ROWS / BULK_ROWS; n += 1) bulk.run(...many(n * BULK_ROWS).flat())
  const captured = await capture(sqlite(handle), variant)
  const [begin, commit] = [handle.prepare('BEGIN IMMEDIATE'), handle.prepare('COMMIT')]
  let n = 0

  const transaction = (write: () => void) => () => {
    begin.run()
    write()
    commit.run()
  }
  const run: Record<OperationName, () => void> = {
    insert: transaction(() => {
      const values = book(n++)
      const { lastInsertRowid } = insert.run(...values)
      if (variant.outbox) note.run(...noteOf('book.added', Number(lastInsertRowid), values))
    }),
    bulk: transaction(() => {
      const rows = many(n)
      n += BULK_ROWS
      const { lastInsertRowid } = bulk.run(...rows.flat())
      if (!variant.outbox) return
      const first = Number(lastInsertRowid) - BULK_ROWS + 1
      noteBulk.run(...rows.flatMap((values, index) => noteOf('book.added', first + index, values)))
    }),
    update: transaction(() => {
      const id = 1 + (n++ % UPDATED_ROWS)
      const values = book(n)
      update.run(values[4] ?? 0, values[1] ?? '', id)
      if (variant.outbox) note.run(...noteOf('book.changed', id, values))
    }),
  }

  return {
    variant,
    async measure(operation, ms, durable) {
      handle.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`)
      await captured?.start()
      const cpuBefore = process.cpuUsage()
      const start = performance.now()
      const end = start + ms
      let transactions = 0
      while (performance.now() < end) {
        run[operation]()
        transactions += 1
        if (transactions % TRANSACTIONS_A_TURN === 0) await new Promise(setImmediate)
      }
      const seconds = (performance.now() - start) / 1000
      const { user, system } = process.cpuUsage(cpuBefore)
      await captured?.stop()
      const rows = transactions * operations[operation].rows
      return { perSecond: rows / seconds, cpu: (user + system) / rows }
    },
    async close() {
      await captured?.close()
      handle.close()
    },
  }
}

function many(from: number): Values[] {
  return Array.from({ length: BULK_ROWS }, (_, index) => book(from + index))
}

function noteOf(event: string, id: number, values: Values): [string, string, number] {
  return [event, payloadOf(id, values), Date.now()]
}
