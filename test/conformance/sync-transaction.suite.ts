import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createHooks, HookwrightError } from '../../src/index.ts'
import type { TxOption } from '../../src/store/tx/index.ts'
import { application, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** `send` and `trigger` in a synchronous transaction of the application's, where nobody can wait for a promise. */
export function syncTransactionSuite(harness: Harness): void {
  describe(`events by hand in a synchronous transaction on ${harness.name}`, () => {
    const app = application(harness)

    async function bookstore() {
      const opened = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          models: { Book: { table: 'book', owner: 'user_id' } },
          events: {
            'book.read': 'Book.read',
            'user.logged_in': null,
            'user.checked': z.object({ name: z.string().refine(async () => true) }),
          },
        }),
      )
      await opened.hooks.create({
        owner: 1,
        events: ['book.read', 'user.logged_in', 'user.checked'],
        target: TARGET,
      })
      return opened
    }

    const dataOf = ({ json }: { json: unknown }) => (json as { data: Record<string, unknown> }).data

    it('are part of it when the call returns, and commit with it', async () => {
      const { hooks, test } = await bookstore()
      const sent: Promise<unknown>[] = []
      await app.database.transaction((tx) => {
        void app.database.exec("INSERT INTO book (id, title, user_id) VALUES (1, 'Momo', 1)")
        sent.push(hooks.send('user.logged_in', { n: 1 }, { owner: 1, tx }))
        // The row is not committed yet: only inside the transaction can it be read.
        sent.push(hooks.trigger('Book.read', 1, { tx }))
      })
      await Promise.all(sent)
      await test.flush()
      expect(test.deliveries.map(dataOf)).toMatchObject([{ n: 1 }, { id: 1, title: 'Momo' }])
    })

    it('are gone with its rollback', async () => {
      const { hooks, test } = await bookstore()
      const sent: Promise<unknown>[] = []
      const rolledBack = async () =>
        app.database.transaction((tx) => {
          void app.database.exec("INSERT INTO book (id, title, user_id) VALUES (1, 'Momo', 1)")
          sent.push(hooks.send('user.logged_in', { n: 1 }, { owner: 1, tx }))
          sent.push(hooks.trigger('Book.read', 1, { tx }))
          throw new Error('no')
        })
      await expect(rolledBack()).rejects.toThrow('no')
      await Promise.all(sent)
      await test.flush()
      expect(test.deliveries).toEqual([])
      expect(await hooks.events()).toEqual([])
    })

    it('are gone with the rollback of a savepoint, while the rest commits', async () => {
      const { hooks, test } = await bookstore()
      const sent: Promise<unknown>[] = []
      await app.database.transaction((tx) => {
        sent.push(hooks.send('user.logged_in', { n: 1 }, { owner: 1, tx }))
        void app.database.exec('SAVEPOINT inner_one')
        sent.push(hooks.send('user.logged_in', { n: 2 }, { owner: 1, tx }))
        void app.database.exec('ROLLBACK TO inner_one')
        sent.push(hooks.send('user.logged_in', { n: 3 }, { owner: 1, tx }))
      })
      await Promise.all(sent)
      await test.flush()
      expect(test.deliveries.map(dataOf)).toEqual([{ n: 1 }, { n: 3 }])
    })

    it('are refused when no transaction is open, instead of being committed by themselves', async () => {
      const { hooks } = await bookstore()
      let handle: never | undefined
      await app.database.transaction((tx) => {
        handle = tx as never
      })
      const refusal = expect.objectContaining({ code: 'transaction_invalid' })
      expect(() => hooks.send('user.logged_in', 1, { owner: 1, tx: handle as never })).toThrow(refusal)
      expect(() => hooks.trigger('Book.read', 1, { tx: handle as never })).toThrow(refusal)
      expect(() => hooks.send('user.logged_in', 1, { owner: 1, tx: undefined } as never)).toThrow(refusal)
      expect(await hooks.events()).toEqual([])
    })

    it('roll the transaction back by what they throw: a mistake does not wait for an await that never comes', async () => {
      const { hooks } = await bookstore()
      const mistakes: ((tx: TxOption) => unknown)[] = [
        (tx) => hooks.send('user.logged_in', Number.NaN, { owner: 1, tx }),
        (tx) => hooks.send('user.logged_in', 1, { owner: null as never, tx }),
        (tx) => hooks.send('user.loged_in' as never, 1 as never, { owner: 1, tx }),
        (tx) => hooks.send('user.checked', { name: 'x' }, { owner: 1, tx }),
        (tx) => hooks.trigger('Book.read', 404, { tx }),
      ]
      for (const mistake of mistakes) {
        const transaction = async () =>
          app.database.transaction((tx) => {
            void hooks.send('user.logged_in', { n: 1 }, { owner: 1, tx })
            void mistake(tx)
          })
        await expect(transaction()).rejects.toBeInstanceOf(HookwrightError)
      }
      expect(await hooks.events()).toEqual([])
    })

    it('are refused where the schema would answer after the transaction', async () => {
      const { hooks } = await bookstore()
      await app.database.transaction((tx) => {
        expect(() => hooks.send('user.checked', { name: 'x' }, { owner: 1, tx })).toThrow(
          expect.objectContaining({ code: 'event_invalid', field: 'events["user.checked"]' }),
        )
      })
      expect(await hooks.events()).toEqual([])
    })

    it('of a row that is not there are an error; caught, it leaves the transaction as it was', async () => {
      const { hooks, test } = await bookstore()
      await app.database.transaction((tx) => {
        expect(() => hooks.trigger('Book.read', 404, { tx })).toThrow(
          expect.objectContaining({ code: 'row_missing' }),
        )
        void hooks.send('user.logged_in', { n: 1 }, { owner: 1, tx })
      })
      await test.flush()
      expect(test.deliveries.map(dataOf)).toEqual([{ n: 1 }])
    })
  })
}
