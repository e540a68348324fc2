import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { temporaryDatabase } from '../../test/support/database.ts'
import { givenRows } from './given-rows.ts'
import { type SqliteStore, sqlite } from './sqlite/index.ts'
import { exec } from './work.ts'

describe('givenRows', () => {
  let store: SqliteStore

  beforeEach(async () => {
    const { path, remove } = temporaryDatabase()
    store = sqlite(path)
    onTestFinished(async () => {
      await store.close()
      remove()
    })
    await store.migrate()
  })

  const read = <Row extends object>(rows: readonly Row[], columns: readonly (keyof Row & string)[]) =>
    store.db
      .selectFrom(givenRows(store, rows, columns).as('row'))
      .selectAll()
      .execute()

  it('are the rows in their order, with the columns that were asked for', async () => {
    const given = [
      { id: 1, name: 'one', unused: 'x' },
      { id: 2, name: null, unused: 'y' },
    ]
    expect(await read(given, ['name', 'id'])).toEqual([
      { name: 'one', id: 1 },
      { name: null, id: 2 },
    ])
  })

  it.each([
    Number.MAX_SAFE_INTEGER,
    -1.5e-7,
    '',
    'it\'s "quoted" \\ \u0000 \u2028 🎉',
    '{"json":[1]}',
    '12',
    null,
  ])('keep %o exactly', async (value) => {
    expect(await read([{ value }], ['value'])).toEqual([{ value }])
  })

  it('have 0 and 1 for truth values, and null for what a row does not have', async () => {
    expect(await read([{ yes: true, no: false, none: undefined }], ['yes', 'no', 'none'])).toEqual([
      { yes: 1, no: 0, none: null },
    ])
  })

  it('may be none', async () => {
    expect(await read<{ id: number }>([], ['id'])).toEqual([])
  })

  it('make the same statement however many they are', () => {
    const sqlOf = (rows: readonly { id: number }[]) =>
      store.db
        .selectFrom(givenRows(store, rows, ['id']).as('row'))
        .selectAll()
        .compile().sql
    expect(sqlOf([{ id: 1 }])).toBe(sqlOf([{ id: 1 }, { id: 2 }]))
  })

  it('can be updated from and inserted from', async () => {
    const lanes = [
      { hook_id: 1, next_at: 10 },
      { hook_id: 2, next_at: 20 },
    ]
    const changed = await store.write(function* () {
      yield* exec(
        store.db
          .insertInto('lane')
          .columns(['hook_id', 'next_at'])
          .expression(
            store.db.selectFrom(givenRows(store, lanes, ['hook_id', 'next_at']).as('row')).selectAll(),
          ),
      )
      const later = [{ hook_id: 2, next_at: 30 }]
      return yield* exec(
        store.db
          .updateTable('lane')
          .from(givenRows(store, later, ['hook_id', 'next_at']).as('later'))
          .set((eb) => ({ next_at: eb.ref('later.next_at') }))
          .whereRef('lane.hook_id', '=', 'later.hook_id'),
      )
    })
    expect(changed).toBe(1)
    expect(await store.db.selectFrom('lane').select('next_at').orderBy('hook_id').execute()).toEqual([
      { next_at: 10 },
      { next_at: 30 },
    ])
  })
})
