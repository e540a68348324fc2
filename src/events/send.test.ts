import type { QueryResult } from 'kysely'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { defineCatalog } from '../catalog/index.ts'
import { noTelemetry } from '../core/telemetry.ts'
import { openTestRegistry, type TestRegistry } from '../hooks/test-registry.ts'
import type { AsyncTx, TxQuery } from '../store/tx/tx.ts'
import { runAsync } from '../store/work.ts'
import { type SenderContext, send } from './send.ts'

describe('send in an asynchronous transaction', () => {
  let opened: TestRegistry
  let context: SenderContext
  let run: (query: TxQuery) => Promise<QueryResult<unknown>>
  let queries: TxQuery[]

  function transaction(dialect: AsyncTx['dialect'] = 'sqlite'): AsyncTx {
    const execute = (query: TxQuery) => {
      queries.push(query)
      return run(query)
    }
    return { mode: 'async', dialect, library: 'Some ORM', execute, run: (work) => runAsync(work, execute) }
  }

  beforeEach(async () => {
    opened = await openTestRegistry()
    const { store, catalog, clock, random } = opened
    context = { store, catalog, clock, random, telemetry: noTelemetry, wake: vi.fn() }
    queries = []
    run = async () => ({ rows: [] })
  })

  afterEach(() => opened.close())

  it('has its one statement on the way when the call returns, with a type for every parameter', async () => {
    const sent = send(context, 'user.logged_in', { n: 1 }, { owner: 1, tx: transaction() })
    expect(queries).toHaveLength(1)
    expect(context.wake).not.toHaveBeenCalled()
    const { id } = await sent
    const [query] = queries
    expect(query?.parameters).toEqual([
      id,
      'user.logged_in',
      '1',
      0,
      '{"n":1}',
      null,
      opened.clock.now(),
      'user.logged_in',
    ])
    expect(query?.sql.match(/cast\(\? as (text|integer|bigint)\)/g)).toHaveLength(8)
    expect(query?.sql.match(/\?/g)).toHaveLength(8)
    expect(context.wake).toHaveBeenCalledOnce()
  })

  it('waits for a schema that validates asynchronously', async () => {
    const schema = z.object({ name: z.string().refine(async (name) => name !== 'no') })
    context.catalog = defineCatalog({ events: { 'user.checked': schema } })
    const options = { owner: 1, tx: transaction() }
    const refused = send(context, 'user.checked', { name: 'no' }, options)
    await expect(refused).rejects.toMatchObject({ code: 'payload_invalid' })
    expect(queries).toEqual([])
    await send(context, 'user.checked', { name: 'yes' }, options)
    expect(queries[0]?.parameters).toContain('{"name":"yes"}')
  })

  it('rejects with what the database said, tries nothing again, and wakes nobody', async () => {
    const failure = new Error('current transaction is aborted')
    run = async () => {
      throw failure
    }
    await expect(send(context, 'user.logged_in', 1, { owner: 1, tx: transaction() })).rejects.toBe(failure)
    expect(queries).toHaveLength(1)
    expect(context.wake).not.toHaveBeenCalled()
  })

  it('rejects with the cure where the tables are missing', async () => {
    run = async () => {
      throw new Error('Failed query', { cause: new Error('no such table: hookwright_event') })
    }
    await expect(send(context, 'user.logged_in', 1, { owner: 1, tx: transaction() })).rejects.toMatchObject({
      code: 'database_outdated',
    })
  })

  it('rejects for a mistake, without a word to the database', async () => {
    const sent = send(context, 'user.loged_in', 1, { owner: 1, tx: transaction() })
    await expect(sent).rejects.toMatchObject({ code: 'event_unknown' })
    expect(queries).toEqual([])
  })

  it('is refused on another kind of database than the store', () => {
    expect(() => send(context, 'user.logged_in', 1, { owner: 1, tx: transaction('postgres') })).toThrow(
      expect.objectContaining({
        code: 'transaction_invalid',
        field: 'tx',
        message: expect.stringMatching(/Some ORM is on PostgreSQL, and hookwright's database is SQLite/),
      }),
    )
    expect(queries).toEqual([])
  })
})
