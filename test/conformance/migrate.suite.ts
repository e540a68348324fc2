import { describe, expect, it, onTestFinished } from 'vitest'
import { createHooks, silentLogger } from '../../src/index.ts'
import { application, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** Migrations that somebody else runs. */
export function migrateSuite(harness: Harness): void {
  describe(`migrate on ${harness.name}`, () => {
    const app = application(harness)

    function unmigrated() {
      const hooks = createHooks({
        database: app.database.store(),
        models: { Book: { table: 'book', owner: 'user_id' } },
        events: { 'book.added': 'Book.created', 'book.changed': 'Book.updated' },
        hook: { fields: { isActive: { type: 'boolean', default: true } } },
        logger: silentLogger,
      })
      onTestFinished(() => hooks.close())
      return hooks
    }

    it('changes nothing when it is dry, and gives SQL that does what it would do', async () => {
      const hooks = unmigrated()
      const { statements } = await hooks.migrate({ dryRun: true })
      await expect(hooks.list()).rejects.toMatchObject({ code: 'database_outdated' })
      expect(statements.length).toBeGreaterThan(10)

      for (const statement of statements) await app.database.exec(statement)
      expect((await hooks.migrate({ dryRun: true })).statements).toEqual([])
      expect(await hooks.migrate()).toMatchObject({ created: [], dropped: [] })
      const hook = await hooks.create({ owner: 1, event: 'book.added', target: TARGET })
      expect(hook.isActive).toBe(true)
      await app.addBook({ id: 1 })
      expect(await hooks.events()).toMatchObject([{ name: 'book.added' }])
    })

    it('leaves the triggers to others when it is told so', async () => {
      const hooks = unmigrated()
      await hooks.migrate({ triggers: false })
      await hooks.create({ owner: 1, event: 'book.added', target: TARGET })
      await app.addBook({ id: 1 })
      expect(await hooks.events()).toEqual([])
      const { statements } = await hooks.migrate({ dryRun: true })
      for (const statement of statements) await app.database.exec(statement)
      await app.addBook({ id: 2 })
      expect(await hooks.events()).toMatchObject([{ name: 'book.added' }])
    })

    it('refuses options that there are not', async () => {
      const hooks = unmigrated()
      await expect(hooks.migrate({ dry: true } as never)).rejects.toMatchObject({
        code: 'option_invalid',
        field: 'migrate.dry',
      })
    })
  })
}
