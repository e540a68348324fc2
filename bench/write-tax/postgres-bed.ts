import { postgres } from 'hookwright/postgres'
import pg from 'pg'
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
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL,
    title text NOT NULL,
    author text NOT NULL,
    pages integer NOT NULL,
    read_pages integer NOT NULL,
    fiction integer NOT NULL,
    price double precision NOT NULL
  );
  CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    type text NOT NULL,
    payload text NOT NULL,
    created_at bigint NOT NULL
  )`

const dollar = (n: number) => `$${n}`
const columns = COLUMNS.join(', ')
const insertBooks = (rows: number) =>
  `INSERT INTO book (${columns}) VALUES ${placeholders(rows, COLUMNS.length, dollar)} RETURNING id`
const insertNotes = (rows: number) =>
  `INSERT INTO outbox (type, payload, created_at) VALUES ${placeholders(rows, 3, dollar)}`

/** Statements with names are parsed once for each connection, so that the time goes into the writes. */
const statements = {
  insert: { name: 'insert', text: insertBooks(1) },
  bulk: { name: 'bulk', text: insertBooks(BULK_ROWS) },
  update: { name: 'update', text: 'UPDATE book SET read_pages = $1, title = $2 WHERE id = $3' },
  note: { name: 'note', text: insertNotes(1) },
  noteBulk: { name: 'note_bulk', text: insertNotes(BULK_ROWS) },
}

/**
 * A database with the table and one variant.
 *
 * @param url of a database that is empty
 * @returns what makes a bed of so many connections that write at once
 */
export async function postgresBed(
  url: string,
  variant: VariantDefinition,
): Promise<{ bed(writers: number): Promise<Bed>; close(): Promise<void> }> {
  const admin = await connect(url)
  await admin.query(SCHEMA)
  for (let n = 0; n < UPDATED_ROWS / BULK_ROWS; n += 1) {
    await admin.query(statements.bulk, many(n * BULK_ROWS).flat())
  }
  // No role of its own: it would stay on the server when the database is dropped.
  const captured = await capture(postgres(url, { captureRole: false }), variant)
  if (variant.notified) await admin.query(`INSERT INTO hookwright.idle VALUES ('bench', ${10 ** 15})`)
  await admin.query('VACUUM ANALYZE')

  return {
    async bed(writers) {
      const clients = await Promise.all(Array.from({ length: writers }, () => connect(url)))
      return {
        variant,
        async measure(operation, ms, durable) {
          for (const client of clients)
            await client.query(`SET synchronous_commit = ${durable ? 'on' : 'off'}`)
          await captured?.start()
          const start = performance.now()
          const counts = await Promise.all(
            clients.map((client, index) =>
              write(client, { operation, variant, end: start + ms, from: index, step: writers }),
            ),
          )
          const seconds = (performance.now() - start) / 1000
          await captured?.stop()
          const transactions = counts.reduce((total, count) => total + count, 0)
          return { perSecond: (transactions * operations[operation].rows) / seconds }
        },
        async close() {
          await Promise.all(clients.map((client) => client.end()))
        },
      }
    },
    async close() {
      await captured?.close()
      await admin.end()
    },
  }
}

interface Writer {
  operation: OperationName
  variant: VariantDefinition
  end: number
  /** Writers update rows of their own, so that none waits for another's. */
  from: number
  step: number
}

/** Writes one transaction after the other, and tells how many they were. */
async function write(client: pg.Client, { operation, variant, end, from, step }: Writer): Promise<number> {
  let transactions = 0
  for (let n = from; performance.now() < end; n += step) {
    await client.query('BEGIN')
    if (operation === 'bulk') {
      const rows = many(n * BULK_ROWS)
      const { rows: keys } = await client.query(statements.bulk, rows.flat())
      if (variant.outbox) {
        await client.query(
          statements.noteBulk,
          rows.flatMap((values, index) => noteOf('book.added', keys[index].id, values)),
        )
      }
    } else {
      const values = book(n)
      let id = 1 + (n % UPDATED_ROWS)
      if (operation === 'insert') {
        const { rows: keys } = await client.query(statements.insert, [...values])
        id = keys[0].id
      } else await client.query(statements.update, [values[4], values[1], id])
      const event = operation === 'insert' ? 'book.added' : 'book.changed'
      if (variant.outbox) await client.query(statements.note, noteOf(event, id, values))
    }
    await client.query('COMMIT')
    transactions += 1
  }
  return transactions
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'application' })
  await client.connect()
  return client
}

function many(from: number): Values[] {
  return Array.from({ length: BULK_ROWS }, (_, index) => book(from + index))
}

function noteOf(event: string, id: number, values: Values): [string, string, number] {
  return [event, payloadOf(Number(id), values), Date.now()]
}
