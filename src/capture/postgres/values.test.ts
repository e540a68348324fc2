import { afterAll, beforeAll, expect, it } from 'vitest'
import { describePostgres } from '../../../test/support/postgres.ts'
import { type App, openTestCapture, type TestCapture } from './test-postgres.ts'

let test: TestCapture
let app: App

/** The column's type, a value as SQL, and what the event's row holds. */
const values: [type: string, value: string, expected: unknown][] = [
  ['boolean', 'true', true],
  ['smallint', '-32768', -32768],
  ['integer', '2147483647', 2147483647],
  ['bigint', '9007199254740993', 9007199254740993n],
  ['bigint', '-9223372036854775808', -9223372036854775808n],
  ['bigint', '9007199254740991', 9007199254740991],
  ['numeric', '12.50', 12.5],
  ['numeric(10,2)', '0.1', 0.1],
  ['numeric', '123456789012345678901234567890', 123456789012345678901234567890n],
  ['numeric', '-12345678901234567890.123456789', '-12345678901234567890.123456789'],
  ['numeric', '0.10000000000000000000000001', '0.10000000000000000000000001'],
  ['numeric', '1000000000000000000000.5', '1000000000000000000000.5'],
  ['numeric', `'NaN'`, Number.NaN],
  ['numeric', `'-Infinity'`, Number.NEGATIVE_INFINITY],
  ['double precision', '0.1', 0.1],
  ['double precision', '1e300', 1e300],
  ['double precision', '5e-324', 5e-324],
  ['double precision', '12345678901234567890', Number('12345678901234567890')],
  ['double precision', '0.30000000000000004', 0.30000000000000004],
  ['double precision', `'Infinity'`, Number.POSITIVE_INFINITY],
  ['double precision', `'NaN'`, Number.NaN],
  ['real', '0.1', 0.1],
  ['money', `'1234.5'`, '$1,234.50'],
  [
    'text',
    `E'quote " backslash \\\\ newline \\n tab \\t \\x01 \\x7f \\u2028 \\U0001d4b3'`,
    'quote " backslash \\ newline \n tab \t \u0001 \u007f \u2028 𝒳',
  ],
  ['text', `'\\x00ff'`, '\\x00ff'],
  ['text', `'{"$blob":"00"}'`, '{"$blob":"00"}'],
  ['text', `''`, ''],
  ['varchar(5)', `'ab'`, 'ab'],
  ['char(5)', `'ab'`, 'ab   '],
  ['"char"', `'x'`, 'x'],
  ['bytea', `'\\x00ff10'`, 'AP8Q'],
  ['bytea', `''`, ''],
  ['uuid', `'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'`, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['date', `'2026-11-24'`, '2026-11-24'],
  ['date', `'infinity'`, 'infinity'],
  ['date', `'0044-03-15 BC'`, '0044-03-15 BC'],
  ['time', `'04:05:06.789'`, '04:05:06.789'],
  ['timetz', `'04:05:06+02'`, '04:05:06+02'],
  ['timestamp', `'2026-11-24 10:11:12.123456'`, '2026-11-24T10:11:12.123456'],
  ['timestamp', `'infinity'`, 'infinity'],
  ['timestamptz', `'2026-11-24 10:11:12.5+02'`, '2026-11-24T08:11:12.5+00:00'],
  ['timestamptz', `'-infinity'`, '-infinity'],
  ['timestamptz', `'294276-12-31 23:59:59+00'`, '294276-12-31T23:59:59+00:00'],
  ['interval', `'1 year 2 months 3 days 04:05:06.7'`, 'P1Y2M3DT4H5M6.7S'],
  [
    'json',
    String.raw`'{"b": 1, "a": [1.5, 12345678901234567890], "nul": "\u0000", "b": "\ud800"}'`,
    { b: '\ud800', a: [1.5, 12345678901234567890n], nul: '\u0000' },
  ],
  ['json', `'0.1234567890123456789'`, Number('0.1234567890123456789')],
  ['json', `'"text"'`, 'text'],
  ['json', `'null'`, null],
  ['jsonb', `'{"b": 1, "a": {"__proto__": 0.12345678901234567890}}'`, expect.objectContaining({ b: 1 })],
  ['xml', `'<a b="c">d</a>'`, '<a b="c">d</a>'],
  ['point', `'(1,2.5)'`, '(1,2.5)'],
  ['box', `'(1,2),(0,0)'`, '(1,2),(0,0)'],
  ['int4range', `'[1,5]'`, '[1,6)'],
  ['tstzrange', `'[2026-11-24 10:00+02,)'`, '["2026-11-24 08:00:00+00",)'],
  ['int4multirange', `'{[1,2],[5,6]}'`, '{[1,3),[5,7)}'],
  ['inet', `'10.0.0.1/8'`, '10.0.0.1/8'],
  ['macaddr', `'08:00:2b:01:02:03'`, '08:00:2b:01:02:03'],
  ['bit(3)', `B'101'`, '101'],
  ['tsvector', `'a b'`, "'a' 'b'"],
  ['tsquery', `'a & b'`, "'a' & 'b'"],
  ['regclass', `'pg_class'`, 'pg_class'],
  ['oid', '42', '42'],
  ['pg_lsn', `'16/B374D848'`, '16/B374D848'],
  ['integer[]', `'{1,NULL,3}'`, [1, null, 3]],
  [
    'integer[]',
    `'{{1,2},{3,4}}'`,
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ['integer[]', `'[2:3]={1,2}'`, [1, 2]],
  ['bigint[]', `'{9007199254740993,1}'`, [9007199254740993n, 1]],
  ['numeric[]', `'{0.5,12345678901234567.5,NaN}'`, [0.5, '12345678901234567.5', Number.NaN]],
  ['text[]', `ARRAY['a"b', NULL, 'c,d']`, ['a"b', null, 'c,d']],
  ['bytea[]', String.raw`ARRAY['\x00ff'::bytea, NULL]`, ['AP8=', null]],
  ['timestamptz[]', `ARRAY['2026-11-24 10:00+02'::timestamptz]`, ['2026-11-24T08:00:00+00:00']],
  ['json[]', `ARRAY['{"a": 1}'::json]`, [{ a: 1 }]],
  ['mood', `'happy'`, 'happy'],
  ['mood[]', `'{happy,sad}'`, ['happy', 'sad']],
  ['pair', `ROW(1, 'x', '\\x00')`, { a: 1, b: 'x', c: '\\x00' }],
  ['pair[]', `ARRAY[ROW(1, 'x', NULL)::pair]`, [{ a: 1, b: 'x', c: null }]],
  ['positive', '5', 5],
  ['raw', `'\\x00ff'`, 'AP8='],
  ['exact', '0.10000000000000000000000001', '0.10000000000000000000000001'],
  ['exact[]', `'{0.10000000000000000000000001}'`, ['0.10000000000000000000000001']],
]

beforeAll(async () => {
  test = await openTestCapture({
    tables: `CREATE TYPE mood AS ENUM ('happy', 'sad'); CREATE TYPE pair AS (a int, b text, c bytea);
      CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE DOMAIN raw AS bytea; CREATE DOMAIN exact AS numeric;
      CREATE TABLE value (id bigint PRIMARY KEY, ${values.map(([type], index) => `c${index} ${type}`).join(', ')})`,
    catalog: {
      models: { Value: { table: 'value' } },
      events: { added: 'Value.created+', changed: 'Value.updated+', removed: 'Value.deleted+' },
    },
  })
  await test.capture.install()
  app = test.app
})
afterAll(() => test.close())

const columns = values.map((_, index) => `c${index}`).join(', ')
const given = values.map(([, value]) => value).join(', ')
const expected = Object.fromEntries([['id', 1], ...values.map(([, , value], index) => [`c${index}`, value])])

describePostgres('the row of an event on PostgreSQL', () => {
  const strange = `SET TimeZone = 'Asia/Kolkata'; SET DateStyle = 'SQL, DMY'; SET IntervalStyle = 'sql_standard'; SET extra_float_digits = -15;
    SET bytea_output = 'escape'; SET xmlbinary = 'hex'; SET standard_conforming_strings = off; SET backslash_quote = on; SET search_path = pg_temp`

  it.each([
    ['by default', 'RESET ALL'],
    ['with every setting changed', strange],
  ])('has every value exactly, whatever the session that writes, %s', async (_, settings) => {
    await app.run('RESET ALL; TRUNCATE value; TRUNCATE hookwright.event')
    await app.run(`INSERT INTO value (id, ${columns}) VALUES (1, ${given})`)
    await test.forget()
    // A new session, which reads the text of the functions under these settings.
    const other = await test.connect()
    await other.run(settings)
    await other.run(
      'INSERT INTO public.value SELECT (jsonb_populate_record(v, $${"id": 2}$$)).* FROM public.value AS v',
    )
    await other.run('DELETE FROM public.value WHERE id = 1')
    await other.close().catch(() => {})
    const [added, removed] = await test.events()
    expect(removed?.row).toEqual(expected)
    expect(added?.row.id).toBe(2)
  })

  it('is the same when it is read by its key, and by the careful way', async () => {
    await app.run('RESET ALL; TRUNCATE value; TRUNCATE hookwright.event')
    await app.run(`INSERT INTO value (id, ${columns}) VALUES (1, ${given})`)
    const [quick] = await app.run('SELECT row_json FROM hookwright.event')
    const [careful] = await app.run(
      `SELECT hookwright.row_expression('value'::regclass, 'value', false) AS expression`,
    )
    const read = (query: string) =>
      app.run(
        `BEGIN; SET LOCAL TimeZone = 'UTC'; SET LOCAL IntervalStyle = 'iso_8601'; SET LOCAL DateStyle = 'ISO'; ${query}`,
      )
    const byColumns = String(careful?.expression)
      .replace(/^coalesce\([^,]*, /, '')
      .replace(/\)$/, '')
    const [text] = await read(`SELECT ${byColumns} AS row FROM value`)
    await app.run('COMMIT')
    expect(JSON.stringify(JSON.parse(`[0,${text?.row}]`)[1])).toBe(
      JSON.stringify(JSON.parse(String(quick?.row_json))[1]),
    )
    expect(text?.row).toBe(
      String(quick?.row_json)
        .replace(/^\[\{[^}]*\},/, '')
        .replace(/\]$/, ''),
    )
  })

  it('takes an update of any column, and none for a change', async () => {
    await app.run(
      `RESET ALL; TRUNCATE value; TRUNCATE hookwright.event; INSERT INTO value (id, ${columns}) VALUES (1, ${given})`,
    )
    await test.forget()
    await app.run(`UPDATE value SET ${values.map((_, index) => `c${index} = c${index}`).join(', ')}`)
    expect(await test.events()).toEqual([])
    for (const [index] of values.entries()) {
      await app.run(`UPDATE value SET c${index} = NULL`)
    }
    const events = await test.events()
    expect(events).toHaveLength(values.length)
    expect(events[0]?.previous).toEqual(expected)
  })
})
