// biome-ignore lint/correctness/noUndeclaredDependencies: only tests import this file
import fc from 'fast-check'
// biome-ignore lint/correctness/noUndeclaredDependencies: only tests import this file
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeRow } from './row.ts'
import { triggerSql } from './sqlite/trigger.ts'
import { type App, createStoreTables, type Library, openApp } from './test-capture.ts'

// Text first: the affinity of the first column must not reach the others.
const columns = ['text', 'any', 'int', 'real', 'num', 'blob', 'virt', 'stor'] as const
const given = columns.slice(0, 6)
const part = { model: 'Value', owner: null, softDelete: null, events: [], everyone: ['changed'] }

/** What a row is to be after all the ways: bigints only where numbers fail, blobs as base64. */
function asDecoded(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  // SQLite writes no minus before a zero.
  return Object.is(value, -0) ? 0 : value
}

const value = fc.oneof(
  fc.constant(null),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.constantFrom(Infinity, -Infinity, -0, 1e300, 5e-324, Number.MAX_VALUE, 0.1, 2 ** 53, 2 ** 63, NaN),
  fc.constantFrom(2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\0', '"', '\\', '/', '\u007f', '\u2028', 'é', '𝒳', '{', "'", '\n') }),
  fc.constantFrom(
    '2026-11-24T00:00:00.000Z',
    '2026-11-24 00:00:00',
    '007',
    '1e5',
    'null',
    '{"$blob":"00"}',
    '[1]',
    '',
  ),
  fc.uint8Array(),
)

/** That what is captured is what the database has, whatever it is. */
export function describeRows(library: Library): void {
  describe.each(['UTF-8', 'UTF-16le'])(`rows captured through ${library} in %s`, (encoding) => {
    let app: App

    beforeAll(async () => {
      app = await openApp(library, ':memory:')
      app.exec(`PRAGMA encoding = '${encoding}'`)
      createStoreTables(app)
      app.exec(`CREATE TABLE value (text TEXT, "any", int INTEGER, real REAL, num NUMERIC, blob BLOB,
        virt TEXT AS (typeof("any") || length(text)) VIRTUAL, stor AS (real) STORED);
        INSERT INTO hookwright_listening VALUES ('changed');
        CREATE TABLE single ("any")`)
      const table = { name: 'value', columns: [...columns], generated: new Set(['virt', 'stor']), key: [] }
      for (const action of ['created', 'updated'] as const) app.exec(triggerSql(table, action, [part]))
      app.exec(triggerSql({ ...table, name: 'single', columns: ['any'] }, 'created', [part]))
    })
    afterAll(() => app.close())

    function captured(): [unknown, unknown][] {
      const events = app.all('SELECT row_json, previous_json FROM hookwright_event ORDER BY seq')
      const read = (text: unknown) => (text === null ? null : decodeRow(String(text)))
      return events.map(({ row_json, previous_json }) => [read(row_json), read(previous_json)])
    }

    function stored(): Record<string, unknown> {
      const [row] = app.allExact('SELECT * FROM value')
      return Object.fromEntries(Object.entries(row ?? {}).map(([column, read]) => [column, asDecoded(read)]))
    }

    it('are the rows that the database has', () => {
      const sql = `INSERT INTO value (${given.map((name) => `"${name}"`).join()}) VALUES (?, ?, ?, ?, ?, ?)`
      const row = fc.array(value, { minLength: 6, maxLength: 6 })
      fc.assert(
        fc.property(row, row, (before, after) => {
          app.exec('DELETE FROM value; DELETE FROM hookwright_event')
          app.run(sql, ...before)
          const inserted = stored()
          app.run(`UPDATE value SET ${given.map((name) => `"${name}" = ?`).join()}`, ...after)
          const updated = stored()
          const [created, changed] = captured()
          expect(created).toEqual([inserted, null])
          if (changed !== undefined) expect(changed).toEqual([updated, inserted])
        }),
        { numRuns: 500 },
      )
    })

    it('are exact in every digit of a real number', () => {
      app.exec('DELETE FROM value; DELETE FROM hookwright_event')
      const bits = new BigUint64Array(1)
      const numbers = new Float64Array(bits.buffer)
      const number = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((random) => {
        bits[0] = random
        return numbers[0] ?? 0
      })
      const sample = fc
        .sample(fc.oneof(number, fc.double({ min: -1e6, max: 1e6 })), 10_000)
        .filter(Number.isFinite)
      app.exec('BEGIN')
      for (const real of sample) app.run('INSERT INTO value (real) VALUES (?)', real)
      app.exec('COMMIT')
      const reals = captured().map(([row]) => (row as { real: number }).real)
      expect(reals).toEqual(sample.map(asDecoded))
    })

    it('keep text that a JSON function has made as text', () => {
      app.exec(`DELETE FROM value; DELETE FROM hookwright_event;
        INSERT INTO value ("any", text) VALUES (json('[1,"a"]'), json_object('b', 2)); UPDATE value SET "any" = json('{}')`)
      expect(captured()).toMatchObject([
        [{ any: '[1,"a"]', text: '{"b":2}' }, null],
        [{ any: '{}' }, { any: '[1,"a"]' }],
      ])
      // SQLite compiles one column differently.
      app.exec(`DELETE FROM hookwright_event; INSERT INTO single VALUES (json('[1]'))`)
      expect(captured()).toEqual([[{ any: '[1]' }, null]])
    })

    it('read text that is no Unicode as the application does', () => {
      for (const bytes of ['FF', '61F0', 'C3', '22C32262', 'EDA080', 'E28022']) {
        app.exec('DELETE FROM value; DELETE FROM hookwright_event')
        app.exec(`INSERT INTO value ("any", text) VALUES (CAST(X'${bytes}' AS TEXT), 'next')`)
        expect(captured()[0]?.[0]).toMatchObject({ any: stored().any, text: 'next' })
      }
    })
  })
}
