import { DataSource, type DataSourceOptions, EntitySchema } from 'typeorm'
import { expect, it, onTestFinished } from 'vitest'
import { describePostgres } from '../support/postgres.ts'
import { NEXT_CHECK_MS, startBookstore, until } from './postgres.ts'

interface Book {
  id: number
  title: string
  user_id: number
  pages?: number
}

const bookWith = (columns: { pages?: { type: 'integer' | 'text'; nullable: true } } = {}) =>
  new EntitySchema<Book>({
    name: 'Book',
    tableName: 'book',
    columns: {
      id: { type: Number, primary: true, generated: true },
      title: { type: String },
      user_id: { type: Number },
      ...columns,
    } as never,
  })

async function connect(
  url: string,
  entity: EntitySchema<Book>,
  options: Partial<DataSourceOptions> = {},
): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    url,
    entities: [entity],
    ...options,
  } as DataSourceOptions)
  await source.initialize()
  onTestFinished(() => source.destroy())
  return source
}

async function createTables(url: string): Promise<void> {
  const source = new DataSource({ type: 'postgres', url, entities: [bookWith()], synchronize: true })
  await source.initialize()
  await source.destroy()
}

describePostgres('TypeORM', () => {
  it('leaves our schema alone at dropSchema, and its new table gets the triggers back', async () => {
    const { url, hooks, ours, triggers, arrivalOf, log } = await startBookstore(createTables)
    const before = { ours: await ours(), triggers: await triggers() }
    expect(before.triggers).not.toEqual([])

    const source = await connect(url, bookWith(), { dropSchema: true, synchronize: true })
    expect(await hooks.list({ owner: 1 })).toHaveLength(1)
    const missingFor = await until(triggers, before.triggers)
    console.log(`the triggers were back after ${Math.round(missingFor)} ms`)
    expect(missingFor).toBeLessThan(NEXT_CHECK_MS)
    expect(await ours()).toEqual(before.ours)
    await source.getRepository<Book>('Book').save({ title: 'Momo', user_id: 1 })
    await arrivalOf('Momo')
    expect(log).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'the capture triggers were repaired' }),
    )
  })

  it('drops what it finds in public by dropDatabase, and no more', async () => {
    const { url, ours, triggers, arrivalOf } = await startBookstore(createTables)
    const before = { ours: await ours(), triggers: await triggers() }
    const source = await connect(url, bookWith())
    await source.dropDatabase()
    expect(await triggers()).toEqual([])
    await source.synchronize()
    await until(triggers, before.triggers)
    expect(await ours()).toEqual(before.ours)
    await source.getRepository<Book>('Book').save({ title: 'Momo', user_id: 1 })
    await arrivalOf('Momo')
  })

  it('keeps the triggers at synchronize, and a column that it adds is in the event at once', async () => {
    const { url, ours, triggers, arrivalOf } = await startBookstore(createTables)
    const before = { ours: await ours(), triggers: await triggers() }
    const source = await connect(url, bookWith({ pages: { type: 'integer', nullable: true } }), {
      synchronize: true,
    })
    expect({ ours: await ours(), triggers: await triggers() }).toEqual(before)
    await source.getRepository<Book>('Book').save({ title: 'Momo', user_id: 1, pages: 304 })
    expect((await arrivalOf('Momo')).body.data).toMatchObject({ pages: 304 })

    // It drops the column and makes another.
    const changed = await connect(url, bookWith({ pages: { type: 'text', nullable: true } }), {
      synchronize: true,
    })
    await changed.query("INSERT INTO book (title, user_id, pages) VALUES ('Dune', 1, 'many')")
    expect((await arrivalOf('Dune')).body.data).toMatchObject({ pages: 'many' })
    expect(await triggers()).toEqual(before.triggers)
  })
})
