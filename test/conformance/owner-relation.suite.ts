import { beforeEach, describe, expect, it } from 'vitest'
import { createHooks } from '../../src/index.ts'
import { application, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

const models = {
  Volume: {
    table: 'volume',
    owner: { table: 'shelf', on: 'shelf_id', column: 'user_id' },
    softDelete: 'deleted_at',
  },
} as const

const events = {
  'volume.added': 'Volume.created',
  'volume.changed': 'Volume.updated',
  'volume.removed': 'Volume.deleted',
  'volume.read': 'Volume.read',
  'volume.announced': { on: 'Volume.created+' },
} as const

const OWN = ['volume.added', 'volume.changed', 'volume.removed', 'volume.read'] as const

/** An owner that a related row names, and a column that marks rows as deleted. */
export function ownerRelationSuite(harness: Harness): void {
  const app = application(harness)

  const library = async () => {
    const opened = await app.open((database, logger) => createHooks({ database, logger, models, events }))
    for (const owner of [1, 2]) {
      await opened.hooks.create({ owner, events: [...OWN], target: `${TARGET}/${owner}` })
    }
    const { test } = opened
    let seen = 0
    /** What was delivered since the last call: `1 volume.added 10`, the owner, the event and the row's id. */
    const heard = async () => {
      await test.flush()
      const news = test.deliveries.slice(seen)
      seen = test.deliveries.length
      return news
        .map(({ target, json }) => {
          const { hook, data } = json as { hook: { event: string }; data: { id: number } }
          return `${target.slice(TARGET.length + 1)} ${hook.event} ${data.id}`
        })
        .sort()
    }
    return { ...opened, heard }
  }

  const tables = async (reference = '') => {
    await app.database.exec('CREATE TABLE shelf (id INTEGER PRIMARY KEY, user_id INTEGER)')
    await app.database.exec(
      `CREATE TABLE volume (id INTEGER PRIMARY KEY, title TEXT, shelf_id INTEGER ${reference}, deleted_at INTEGER)`,
    )
    await app.database.exec('INSERT INTO shelf (id, user_id) VALUES (1, 1), (2, 2), (3, NULL)')
  }
  const exec = (sql: string) => app.database.exec(sql)
  const add = (id: number, shelf: number | 'NULL', deletedAt: number | 'NULL' = 'NULL') =>
    exec(`INSERT INTO volume (id, title, shelf_id, deleted_at) VALUES (${id}, 'a', ${shelf}, ${deletedAt})`)
  /** Statements in one transaction, whatever the connection. */
  const together = async (...statements: string[]) => exec(['BEGIN', ...statements, 'COMMIT'].join('; '))

  describe(`an owner over a relation on ${harness.name}`, () => {
    beforeEach(() => tables())

    it('hears of what is created, updated, deleted and triggered by key', async () => {
      const { hooks, heard } = await library()
      await add(10, 1)
      expect(await heard()).toEqual(['1 volume.added 10'])
      await exec("UPDATE volume SET title = 'b' WHERE id = 10")
      expect(await heard()).toEqual(['1 volume.changed 10'])
      await hooks.trigger('Volume.read', 10)
      expect(await heard()).toEqual(['1 volume.read 10'])
      await exec('UPDATE volume SET shelf_id = 2 WHERE id = 10')
      expect(await heard()).toEqual(['2 volume.changed 10'])
      await exec('DELETE FROM volume WHERE id = 10')
      expect(await heard()).toEqual(['2 volume.removed 10'])
    })

    it('is whose it was when the row changed', async () => {
      const { heard } = await library()
      await together(
        "INSERT INTO volume (id, title, shelf_id) VALUES (10, 'a', 1)",
        'UPDATE shelf SET user_id = 2 WHERE id = 1',
      )
      expect(await heard()).toEqual(['1 volume.added 10'])
      await exec("UPDATE volume SET title = 'b' WHERE id = 10")
      expect(await heard()).toEqual(['2 volume.changed 10'])
    })

    it('is nobody without a related row, and everyone is told all the same', async () => {
      const { hooks, heard } = await library()
      await add(10, 'NULL')
      await add(11, 99)
      await add(12, 3)
      expect(await heard()).toEqual([])
      await hooks.create({ owner: 9, event: 'volume.announced', target: `${TARGET}/9` })
      await add(13, 'NULL')
      await add(14, 1)
      expect(await heard()).toEqual(['1 volume.added 14', '9 volume.announced 13', '9 volume.announced 14'])
    })

    it('hears of a row that is deleted in one transaction with the related row, in both orders', async () => {
      const { heard } = await library()
      await add(10, 1)
      await add(20, 2)
      await heard()
      await together('DELETE FROM volume WHERE id = 10', 'DELETE FROM shelf WHERE id = 1')
      await together('DELETE FROM shelf WHERE id = 2', 'DELETE FROM volume WHERE id = 20')
      expect(await heard()).toEqual(['1 volume.removed 10', '2 volume.removed 20'])
    })

    it('is the last one of a related row that was deleted twice', async () => {
      const { heard } = await library()
      await add(10, 1)
      await heard()
      await together(
        'DELETE FROM shelf WHERE id = 1',
        'INSERT INTO shelf (id, user_id) VALUES (1, 2)',
        'DELETE FROM shelf WHERE id = 1',
        'DELETE FROM volume WHERE id = 10',
      )
      expect(await heard()).toEqual(['2 volume.removed 10'])
    })
  })

  describe(`a foreign key of an owner over a relation on ${harness.name}`, () => {
    it('that cascades tells the owner of all rows', async () => {
      await tables('REFERENCES shelf (id) ON DELETE CASCADE')
      const { heard } = await library()
      for (const id of [10, 11]) await add(id, 1)
      await add(20, 2)
      await heard()
      await exec('DELETE FROM shelf')
      expect(await heard()).toEqual(['1 volume.removed 10', '1 volume.removed 11', '2 volume.removed 20'])
    })

    it('that is set to NULL leaves nobody to tell', async () => {
      await tables('REFERENCES shelf (id) ON DELETE SET NULL')
      const { heard } = await library()
      await add(10, 1)
      await heard()
      await exec('DELETE FROM shelf WHERE id = 1')
      expect(await heard()).toEqual([])
    })
  })

  describe(`softDelete on ${harness.name}`, () => {
    beforeEach(() => tables())

    const change = (before: number | 'NULL', after: number | 'NULL') => async () => {
      const { heard } = await library()
      await add(10, 1, before)
      await heard()
      await exec(`UPDATE volume SET title = 'b', deleted_at = ${after} WHERE id = 10`)
      return heard()
    }

    it.each([
      { before: 'NULL', after: 5, event: ['1 volume.removed 10'] },
      { before: 5, after: 'NULL', event: ['1 volume.added 10'] },
      { before: 5, after: 6, event: [] },
      { before: 5, after: 5, event: [] },
      { before: 'NULL', after: 'NULL', event: ['1 volume.changed 10'] },
    ] as const)('takes $before to $after for $event', async ({ before, after, event }) => {
      expect(await change(before, after)()).toEqual(event)
    })

    it('says nothing of a row that is marked from its beginning to its end', async () => {
      const { heard } = await library()
      await add(10, 1, 5)
      await exec('DELETE FROM volume WHERE id = 10')
      expect(await heard()).toEqual([])
      await add(11, 1)
      await exec('DELETE FROM volume WHERE id = 11')
      expect(await heard()).toEqual(['1 volume.added 11', '1 volume.removed 11'])
    })

    it('gives the row as it is after the update', async () => {
      const { test, heard } = await library()
      await add(10, 1)
      await exec("UPDATE volume SET title = 'last', deleted_at = 5 WHERE id = 10")
      await heard()
      expect(test.deliveries.at(-1)?.json).toMatchObject({
        hook: { event: 'volume.removed' },
        data: { title: 'last', deleted_at: 5 },
      })
    })

    it('tells of each row of one statement', async () => {
      const { heard } = await library()
      for (const id of [10, 11, 12]) await add(id, 1)
      await add(13, 1, 5)
      await heard()
      await exec('UPDATE volume SET deleted_at = 6')
      expect(await heard()).toEqual([10, 11, 12].map((id) => `1 volume.removed ${id}`))
    })

    it('goes by what an upsert did', async () => {
      const { heard } = await library()
      const upsert = (deletedAt: number | 'NULL') =>
        exec(`INSERT INTO volume (id, title, shelf_id, deleted_at) VALUES (10, 'a', 1, ${deletedAt})
          ON CONFLICT (id) DO UPDATE SET deleted_at = excluded.deleted_at`)
      await upsert('NULL')
      expect(await heard()).toEqual(['1 volume.added 10'])
      await upsert(5)
      expect(await heard()).toEqual(['1 volume.removed 10'])
      await upsert('NULL')
      expect(await heard()).toEqual(['1 volume.added 10'])
    })
  })
}
