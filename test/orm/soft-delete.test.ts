import { DataTypes, Sequelize } from 'sequelize'
import { DataSource, type DataSourceOptions, EntitySchema } from 'typeorm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHooks } from '../../src/index.ts'
import type { Store } from '../../src/store/store.ts'
import { testHooks } from '../../src/testing/index.ts'
import { recordingLogger } from '../conformance/application.ts'
import { describePostgres, postgresDatabase } from './postgres.ts'
import { betterDatabase } from './sqlite.ts'

/** The writes of an ORM that keeps the row and sets `deleted_at`. */
interface SoftDeletes {
  store(): Store
  /** Makes the table `note` (id, title, user_id, deleted_at). */
  createTable(): Promise<unknown>
  insert(id: number, title: string): Promise<unknown>
  rename(id: number, title: string): Promise<unknown>
  softDelete(id: number): Promise<unknown>
  /** One statement for all notes. */
  softDeleteAll(): Promise<unknown>
  restore(id: number): Promise<unknown>
  hardDelete(id: number): Promise<unknown>
  close(): Promise<void>
}

const server = postgresDatabase()

async function typeorm(options: DataSourceOptions, timestamp: 'timestamptz' | 'datetime') {
  const Note = new EntitySchema<{ id: number; title: string; user_id: number; deleted_at: Date | null }>({
    name: 'Note',
    tableName: 'note',
    columns: {
      id: { type: Number, primary: true },
      title: { type: String },
      user_id: { type: Number },
      deleted_at: { type: timestamp, nullable: true, deleteDate: true },
    },
  })
  const source = await new DataSource({ ...options, entities: [Note] }).initialize()
  const notes = source.getRepository(Note)
  return {
    createTable: () => source.synchronize(),
    insert: (id: number, title: string) => notes.save({ id, title, user_id: 1 }),
    rename: (id: number, title: string) => notes.update(id, { title }),
    softDelete: async (id: number) => notes.softRemove(await notes.findOneByOrFail({ id })),
    softDeleteAll: () => notes.createQueryBuilder().softDelete().execute(),
    restore: (id: number) => notes.restore(id),
    hardDelete: (id: number) => notes.delete(id),
    close: () => source.destroy(),
  }
}

const orms: Record<string, () => Promise<SoftDeletes>> = {
  async 'TypeORM on PostgreSQL'() {
    await server.reset()
    return { ...(await typeorm({ type: 'postgres', url: server.url }, 'timestamptz')), store: server.store }
  },

  async 'TypeORM on SQLite'() {
    const { path, store, remove } = betterDatabase()
    const opened = await typeorm({ type: 'better-sqlite3', database: path }, 'datetime')
    const close = async () => {
      await opened.close()
      remove()
    }
    return { ...opened, store, close }
  },

  async 'Sequelize (paranoid) on PostgreSQL'() {
    await server.reset()
    const sequelize = new Sequelize(server.url, { logging: false })
    const Note = sequelize.define(
      'note',
      {
        id: { type: DataTypes.INTEGER, primaryKey: true },
        title: DataTypes.TEXT,
        user_id: DataTypes.INTEGER,
      },
      { freezeTableName: true, paranoid: true, createdAt: false, updatedAt: false, deletedAt: 'deleted_at' },
    )
    return {
      store: server.store,
      createTable: () => Note.sync({ force: true }),
      insert: (id, title) => Note.create({ id, title, user_id: 1 }),
      rename: (id, title) => Note.update({ title }, { where: { id } }),
      softDelete: async (id) => (await Note.findByPk(id, { rejectOnEmpty: true })).destroy(),
      softDeleteAll: () => Note.destroy({ where: {} }),
      restore: (id) => Note.restore({ where: { id } }),
      hardDelete: (id) => Note.destroy({ where: { id }, force: true }),
      close: () => sequelize.close(),
    }
  },
}

for (const [name, open] of Object.entries(orms)) {
  const describeOrm = name.endsWith('PostgreSQL') ? describePostgres : describe
  describeOrm(`a soft delete of ${name}`, () => softDeleteSuite(open))
}

function softDeleteSuite(open: () => Promise<SoftDeletes>): void {
  let orm: SoftDeletes
  let hooks: { close(): Promise<void> }
  let heard: () => Promise<unknown[]>

  beforeEach(async () => {
    orm = await open()
    await orm.createTable()
    const made = createHooks({
      database: orm.store(),
      logger: recordingLogger().logger,
      models: { Note: { table: 'note', owner: 'user_id', softDelete: 'deleted_at' } },
      events: {
        'note.created': 'Note.created',
        'note.updated': 'Note.updated',
        'note.deleted': 'Note.deleted',
      },
    })
    hooks = made
    await made.migrate()
    const test = testHooks(made)
    await made.create({
      owner: 1,
      events: ['note.created', 'note.updated', 'note.deleted'],
      target: 'https://example.com/target',
    })
    heard = async () => {
      await test.flush()
      const bodies = test.deliveries.map(
        ({ json }) => json as { hook: { event: string }; data: { id: number } },
      )
      test.clear()
      return bodies.map(({ hook, data }) => `${hook.event} ${data.id}`).toSorted()
    }
  })

  afterEach(async () => {
    await hooks?.close()
    await orm?.close()
  })

  it('is heard as deleted, once, and a restored row as created', async () => {
    await orm.insert(1, 'Momo')
    expect(await heard()).toEqual(['note.created 1'])
    await orm.rename(1, 'Dune')
    expect(await heard()).toEqual(['note.updated 1'])
    await orm.softDelete(1)
    expect(await heard()).toEqual(['note.deleted 1'])
    await orm.restore(1)
    expect(await heard()).toEqual(['note.created 1'])
    await orm.softDelete(1)
    expect(await heard()).toEqual(['note.deleted 1'])
    await orm.hardDelete(1)
    expect(await heard()).toEqual([])
  })

  it('of many rows in one statement is heard for each', async () => {
    await orm.insert(1, 'Momo')
    await orm.insert(2, 'Dune')
    await orm.insert(3, 'Emma')
    await orm.softDelete(2)
    await heard()
    await orm.softDeleteAll()
    expect(await heard()).toEqual(['note.deleted 1', 'note.deleted 3'])
  })

  it('that never came is an ordinary deletion', async () => {
    await orm.insert(1, 'Momo')
    await heard()
    await orm.hardDelete(1)
    expect(await heard()).toEqual(['note.deleted 1'])
  })
}
