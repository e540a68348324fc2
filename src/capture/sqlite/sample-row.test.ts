import { afterEach, describe, expect, it } from 'vitest'
import { findAction } from '../../catalog/index.ts'
import { first } from '../../store/work.ts'
import { decodeRow } from '../row.ts'
import { openTestCapture, type TestCapture } from '../test-capture.ts'

let test: TestCapture
afterEach(() => test.close())

describe('sampleRow', () => {
  it('has a value in each column, by the type that it is declared with', async () => {
    test = await openTestCapture({
      schema: `CREATE TABLE book (
        id INTEGER PRIMARY KEY, user_id BIGINT, title VARCHAR(20) NOT NULL, "it's" text, price REAL, weight NUMERIC(6, 2),
        fiction BOOLEAN, meta JSON, cover BLOB, born DATE, added_at DATETIME, seen TIMESTAMP, opens TIME, any_thing,
        double AS (id * 2)
      )`,
    })
    const { capture, store, catalog } = test
    const { model } = findAction(catalog, 'Book.created', 'name')
    const made = await store.read(function* () {
      yield* capture.describe(model)
      return yield* first(capture.sampleRow(model))
    })
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
    expect(decodeRow(made?.row_json ?? '')).toEqual({
      id: 1,
      user_id: 1,
      title: 'title',
      "it's": "it's",
      price: 1.5,
      weight: 1,
      fiction: 1,
      meta: '{}',
      cover: '',
      born: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      added_at: expect.stringMatching(time),
      seen: expect.stringMatching(time),
      opens: expect.stringMatching(/^\d\d:\d\d:\d\d$/),
      any_thing: 'any_thing',
      double: 'double',
    })
  })
})
