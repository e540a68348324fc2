import { CompiledQuery } from 'kysely'
import { describe, expect, it } from 'vitest'
import { exec, first, rows } from '../work.ts'
import { asyncTx, type TxStatement } from './async-tx.ts'

/** A library that gives the rows of `answers`, one list for each statement. */
function library(dialect: 'sqlite' | 'postgres', ...answers: unknown[]) {
  const statements: TxStatement[] = []
  const tx = asyncTx('Some ORM', dialect, async (statement) => {
    statements.push(statement)
    const answer = answers.shift()
    if (answer instanceof Error) throw answer
    return answer
  })
  return { tx, statements }
}

const query = (sql: string, parameters: unknown[] = []) => CompiledQuery.raw(sql, parameters)

describe('asyncTx', () => {
  it('asks PostgreSQL for each row as one text of JSON, and reads it exactly, whatever the library calls it', async () => {
    const { tx, statements } = library('postgres', [
      { givenToYou: '{"big":9007199254740993,"count":"12","text":null,"truth":true}' },
    ])
    const { rows: found } = await tx.execute(query(' select $1::text AS a', ['x']))
    expect(found).toEqual([{ big: 9007199254740993n, count: '12', text: null, truth: true }])
    expect(statements).toEqual([
      {
        sql: 'select row_to_json(given)::text as given from ( select $1::text AS a) as given',
        parameters: ['x'],
        reads: true,
      },
    ])
  })

  it('takes the rows of SQLite as they are, with bigints as numbers where they fit', async () => {
    const row = { id: 5n, big: 2n ** 53n + 1n, text: '7' }
    const { tx, statements } = library('sqlite', [row])
    const { rows: found } = await tx.execute(query('PRAGMA something'))
    expect(found).toEqual([{ id: 5, big: 2n ** 53n + 1n, text: '7' }])
    expect(row.id).toBe(5n)
    expect(statements).toMatchObject([{ sql: 'PRAGMA something', reads: true }])
  })

  it.each(['sqlite', 'postgres'] as const)('leaves alone what a write gives on %s', async (dialect) => {
    const { tx, statements } = library(dialect, 1, undefined, [{ nothing: 'of ours' }])
    const sql = 'insert into event select 1'
    for (let n = 0; n < 3; n += 1) expect(await tx.execute(query(sql))).toEqual({ rows: [] })
    expect(statements[0]).toEqual({ sql, parameters: [], reads: false })
  })

  it('runs work to its end, and throws into it what the library threw', async () => {
    const failure = new Error('the library refuses')
    const { tx } = library('sqlite', [{ n: 1 }], failure, [{ n: 2n }, { n: 3n }])
    const result = await tx.run(
      (function* () {
        const found = [yield* first(query('select 1'))]
        try {
          yield* exec(query('insert into event select 1'))
        } catch (error) {
          expect(error).toBe(failure)
        }
        return [...found, ...(yield* rows(query('select 2')))]
      })(),
    )
    expect(result).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  })

  it('starts at once: the statement is on its way when the call returns', () => {
    const { tx, statements } = library('sqlite')
    void tx.execute(query('insert into event select 1'))
    expect(statements).toHaveLength(1)
  })
})
