import { EntitySchema, MikroORM, type Options } from '@mikro-orm/core'
import { PostgreSqlDriver, SchemaGenerator } from '@mikro-orm/postgresql'
import { expect, it, onTestFinished } from 'vitest'
import { describePostgres } from '../support/postgres.ts'
import { NEXT_CHECK_MS, startBookstore, until } from './postgres.ts'

const bookWith = (columns: object = {}) =>
  new EntitySchema({
    name: 'Book',
    tableName: 'book',
    properties: {
      id: { type: 'integer', primary: true },
      title: { type: 'text' },
      user_id: { type: 'integer' },
      ...columns,
    },
  })

const PAGES = { pages: { type: 'integer', nullable: true } }

/** What the docs tell users of MikroORM to set. */
const IGNORE_OURS = { ignoreSchema: ['hookwright'], ignoreTriggers: true }

function orm(url: string, entity: EntitySchema, schemaGenerator: Partial<Options['schemaGenerator']> = {}) {
  return MikroORM.init({
    driver: PostgreSqlDriver,
    clientUrl: url,
    entities: [entity],
    schemaGenerator,
    extensions: [SchemaGenerator],
  })
}

async function createTables(url: string): Promise<void> {
  const made = await orm(url, bookWith())
  await made.schema.create()
  await made.close()
}

async function update(url: string, schemaGenerator?: Partial<Options['schemaGenerator']>): Promise<void> {
  const made = await orm(url, bookWith(PAGES), schemaGenerator)
  onTestFinished(() => made.close())
  await made.schema.update()
}

const ADD = 'INSERT INTO book (title, user_id, pages) VALUES ($1, 1, 304)'

describePostgres("MikroORM's schema.update()", () => {
  it('changes nothing of ours with the options that the docs give', async () => {
    const { url, client, ours, triggers, arrivalOf, log } = await startBookstore(createTables)
    const before = { ours: await ours(), triggers: await triggers() }
    await update(url, IGNORE_OURS)
    expect({ ours: await ours(), triggers: await triggers() }).toEqual(before)
    await client.query(ADD, ['Momo'])
    expect((await arrivalOf('Momo')).body.data).toMatchObject({ pages: 304 })
    expect(log.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('drops the triggers without ignoreTriggers, and they come back', async () => {
    const { url, client, hooks, ours, triggers, arrivalOf, log } = await startBookstore(createTables)
    const before = { ours: await ours(), triggers: await triggers() }
    await update(url, { ignoreSchema: ['hookwright'] })
    expect(await hooks.list({ owner: 1 })).toHaveLength(1)
    const missingFor = await until(triggers, before.triggers)
    console.log(`the triggers were back after ${Math.round(missingFor)} ms`)
    expect(missingFor).toBeLessThan(NEXT_CHECK_MS)
    expect(await ours()).toEqual(before.ours)
    await client.query(ADD, ['Momo'])
    await arrivalOf('Momo')
    expect(log).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'the capture triggers were repaired' }),
    )
  })

  it('drops our tables, and with them the hooks, without any option; they are made anew', async () => {
    const { url, client, hooks, ours, triggers, arrivalOf, log, subscribe } =
      await startBookstore(createTables)
    const before = { ours: await ours(), triggers: await triggers() }
    // It has dropped the tables when it finds that it cannot drop the schema, because of our functions.
    await expect(update(url)).rejects.toThrow('cannot drop schema hookwright')
    const missingFor = await until(triggers, before.triggers)
    console.log(`everything was back after ${Math.round(missingFor)} ms`)
    expect(missingFor).toBeLessThan(NEXT_CHECK_MS)
    expect(await ours()).toEqual(before.ours)
    expect(await hooks.list({ owner: 1 })).toEqual([])
    await subscribe()
    await client.query(ADD, ['Momo'])
    await arrivalOf('Momo')
    expect(log).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringMatching(/tables were dropped/) }),
    )
  })
})
