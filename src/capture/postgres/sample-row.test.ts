import { afterEach, expect, it } from 'vitest'
import { describePostgres } from '../../../test/support/postgres.ts'
import { findAction } from '../../catalog/index.ts'
import { first } from '../../store/work.ts'
import { decodeRow } from '../row.ts'
import { openTestCapture, type TestCapture } from './test-postgres.ts'

let test: TestCapture
afterEach(() => test.close())

async function sample(tables: string, installed: boolean) {
  test = await openTestCapture({ tables })
  const { capture, store, catalog } = test
  const { model } = findAction(catalog, 'Book.created', 'name')
  if (installed) await capture.install()
  const made = await store.read(function* () {
    yield* capture.describe(model)
    return yield* first(capture.sampleRow(model))
  })
  return decodeRow(made?.row_json ?? '')
}

describePostgres('sampleRow on PostgreSQL', () => {
  it.each([
    ['with', true],
    ['without', false],
  ])('has a value in each column, by its type, %s the functions of the triggers', async (_, installed) => {
    const row = await sample(
      `CREATE TYPE mood AS ENUM ('sad', 'happy');
      CREATE DOMAIN isbn AS text CHECK (VALUE ~ '^[0-9]+$');
      CREATE TYPE size AS (width int, height int);
      CREATE TABLE book (
        id bigint PRIMARY KEY, user_id int, title varchar(3) NOT NULL, "it's" text, code isbn, price numeric(8, 2), weight float8,
        fiction boolean, meta jsonb, plain json, cover bytea, born date, added_at timestamptz, seen timestamp, opens time,
        loan interval, tags text[], mood mood, moods mood[], uid uuid, ip inet, size size, span int4range, spot point
      )`,
      installed,
    )
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/
    expect(row).toEqual({
      id: 1,
      user_id: 1,
      title: 'title',
      "it's": "it's",
      code: 'code',
      price: 1,
      weight: 1,
      fiction: true,
      meta: {},
      plain: {},
      cover: '',
      born: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      added_at: expect.stringMatching(time),
      seen: expect.stringMatching(time),
      opens: expect.stringMatching(/^\d\d:\d\d:\d\d/),
      loan: expect.any(String),
      tags: [],
      mood: 'sad',
      moods: [],
      uid: '00000000-0000-4000-8000-000000000000',
      ip: '192.0.2.1',
      size: null,
      span: null,
      spot: null,
    })
  })
})
