import { CompiledQuery } from 'kysely'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { locking } from '../../src/store/lock-rows.ts'
import type { Store } from '../../src/store/store.ts'
import { exec, first, rows, type Work } from '../../src/store/work.ts'

/** A database that stores are opened on. */
export interface StoreDatabase {
  /** A store of its own connection, as another process would have it. */
  store(): Store
  remove(): Promise<void> | void
}

/** What every store promises, whatever database is behind it. */
export function describeStore(name: string, create: () => Promise<StoreDatabase> | StoreDatabase): void {
  describe(`a store on ${name}`, () => {
    let database: StoreDatabase
    let store: Store

    beforeEach(async () => {
      database = await create()
      store = database.store()
      await store.migrate()
    })

    afterEach(async () => {
      await store.close()
      await database.remove()
    })

    function another(): Store {
      const other = database.store()
      onTestFinished(() => other.close())
      return other
    }

    function insertEvent(values: { name?: string; data?: string; created_at?: number } = {}) {
      const uid = crypto.randomUUID().replaceAll('-', '')
      return store.db
        .insertInto('event')
        .values({ uid, name: 'book.added', broadcast: 0, created_at: 1, ...values })
    }

    function* eventNames(): Work<string[]> {
      const found = yield* rows(store.db.selectFrom('event').select('name').orderBy('seq'))
      return found.map((event) => event.name)
    }

    describe('write', () => {
      it('commits what its work did, and gives what its work returns', async () => {
        const count = await store.write(function* () {
          yield* exec(insertEvent({ name: 'a' }))
          yield* exec(insertEvent({ name: 'b' }))
          return (yield* eventNames()).length
        })
        expect(count).toBe(2)
        expect(await another().read(eventNames)).toEqual(['a', 'b'])
      })

      it('undoes everything when its work throws', async () => {
        const work = function* () {
          yield* exec(insertEvent())
          throw new Error('no')
        }
        await expect(store.write(work)).rejects.toThrow('no')
        expect(await store.read(eventNames)).toEqual([])
        await store.write(() => exec(insertEvent({ name: 'after' })))
        expect(await another().read(eventNames)).toEqual(['after'])
      })

      it('undoes everything when a statement fails', async () => {
        const work = function* () {
          yield* exec(insertEvent())
          yield* exec(CompiledQuery.raw('insert into nowhere values (1)'))
        }
        await expect(store.write(work)).rejects.toThrow()
        expect(await another().read(eventNames)).toEqual([])
      })

      it('tells how many rows a statement changed', async () => {
        const changes = await store.write(function* () {
          yield* exec(insertEvent())
          yield* exec(insertEvent())
          const update = store.db.updateTable('event').set({ name: 'x' })
          return [
            yield* exec(update),
            yield* exec(update.where('name', '=', 'y')),
            yield* exec(store.db.deleteFrom('event').where('name', '=', 'x')),
          ]
        })
        expect(changes).toEqual([2, 0, 2])
      })

      it('gives the rows that a statement returns', async () => {
        const inserted = await store.write(() => first(insertEvent().returning(['seq', 'name'])))
        expect(inserted).toEqual({ seq: expect.any(Number), name: 'book.added' })
        expect(await store.read(() => first(store.db.selectFrom('hook').selectAll()))).toBeUndefined()
      })

      it('runs many works at once, each as one transaction', async () => {
        const counter = { name: 'counter', created_at: 0 }
        await store.write(() => exec(insertEvent(counter)))
        const { db } = store
        await Promise.all(
          Array.from({ length: 20 }, () =>
            store.write(function* () {
              const query = db.selectFrom('event').select('created_at').where('name', '=', 'counter')
              const row = yield* first(locking(store, query))
              const next = { created_at: Number(row?.created_at) + 1 }
              yield* exec(db.updateTable('event').set(next).where('name', '=', 'counter'))
            }),
          ),
        )
        const found = await store.read(() => first(db.selectFrom('event').select('created_at')))
        expect(found?.created_at).toBe(20)
      })
    })

    it('never gives a number of a hook or event again, even after it was deleted', async () => {
      const numbers = await store.write(function* () {
        const before = yield* first(insertEvent().returning('seq'))
        yield* exec(store.db.deleteFrom('event'))
        const after = yield* first(insertEvent().returning('seq'))
        return { before: before?.seq ?? 0, after: after?.seq ?? 0 }
      })
      expect(numbers.after).toBeGreaterThan(numbers.before)
    })

    it.each([
      ['text of any script', 'Ω æ 漢字 🎉 "quotes" \\ \n\t'],
      ['a body of a megabyte', 'x'.repeat(2 ** 20)],
      ['the empty text', ''],
    ])('keeps %s exactly', async (_, data) => {
      await store.write(() => exec(insertEvent({ data })))
      const found = await another().read(() => first(store.db.selectFrom('event').select('data')))
      expect(found?.data).toBe(data)
    })

    it('keeps times of any century as numbers', async () => {
      const created_at = Date.UTC(9999, 11, 31)
      await store.write(() => exec(insertEvent({ created_at })))
      const found = await store.read(() => first(store.db.selectFrom('event').select('created_at')))
      expect(found?.created_at).toBe(created_at)
    })

    describe('db', () => {
      it('runs a query that is awaited by itself, and commits it', async () => {
        await insertEvent({ name: 'alone' }).execute()
        expect(await store.db.selectFrom('event').select('name').execute()).toEqual([{ name: 'alone' }])
        expect(await another().read(eventNames)).toEqual(['alone'])
      })

      it('refuses transactions, and says what to use', async () => {
        const refusal = { code: 'transaction_invalid', message: expect.stringContaining("application's own") }
        await expect(store.db.transaction().execute(async () => {})).rejects.toMatchObject(refusal)
        await expect(store.db.startTransaction().execute()).rejects.toMatchObject(refusal)
      })

      it('refuses to stream', async () => {
        const stream = async () => {
          for await (const _ of store.db.selectFrom('event').selectAll().stream()) break
        }
        await expect(stream()).rejects.toMatchObject({ code: 'transaction_invalid' })
      })
    })

    describe('migrate', () => {
      it('changes nothing the second time', async () => {
        await store.write(() => exec(insertEvent({ name: 'kept' })))
        await store.migrate()
        await another().migrate()
        expect(await store.read(eventNames)).toEqual(['kept'])
      })

      it('brings back tables that a schema tool dropped; until then their absence is named', async () => {
        for (const table of ['hook', 'event', 'delivery', 'migration'] as const) {
          await store.db.schema.dropTable(table).execute()
        }
        await expect(store.write(() => exec(insertEvent()))).rejects.toMatchObject({
          code: 'database_outdated',
          message: expect.stringContaining('migrate()'),
        })
        await expect(store.db.selectFrom('hook').selectAll().execute()).rejects.toMatchObject({
          code: 'database_outdated',
        })
        await store.migrate()
        await store.write(() => exec(insertEvent()))
        expect(await store.read(eventNames)).toEqual(['book.added'])
      })
    })

    describe('close', () => {
      it('ends the connection; whoever goes on opens another', async () => {
        await store.write(() => exec(insertEvent({ name: 'before' })))
        await store.close()
        await store.close()
        expect(await store.read(eventNames)).toEqual(['before'])
      })

      it('lets go on what was begun', async () => {
        const writes = Array.from({ length: 5 }, () => store.write(() => exec(insertEvent())))
        await store.close()
        await Promise.all(writes)
        expect(await another().read(eventNames)).toHaveLength(5)
      })
    })

    it('opens once for all who come at the same time', async () => {
      const fresh = another()
      await Promise.all([fresh.open(), fresh.open(), fresh.read(eventNames)])
      expect(() => fresh.verify()).not.toThrow()
    })
  })
}
