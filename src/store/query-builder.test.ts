import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { isRead } from './query-builder.ts'
import { sqlite } from './sqlite/index.ts'

const { db } = sqlite('/nowhere/app.db')

describe('isRead', () => {
  it.each([
    db.selectFrom('hook').selectAll(),
    db
      .with('x', (qc) => qc.selectFrom('hook').select('id'))
      .selectFrom('x')
      .selectAll(),
  ])('is true of a select', (query) => {
    expect(isRead(query.compile())).toBe(true)
  })

  it.each(['select 1', '  VALUES (1)', 'explain select 1', 'pragma data_version'])(
    'is true of %o',
    (text) => {
      expect(isRead(sql.raw(text).compile(db))).toBe(true)
    },
  )

  it.each([
    db.insertInto('listening').values({ event: 'x' }),
    db.updateTable('hook').set({ owner: '1' }),
    db.deleteFrom('hook'),
    db.schema.dropTable('hook'),
  ])('is false of a statement that changes something', (query) => {
    expect(isRead(query.compile())).toBe(false)
  })

  it.each(['delete from hook', 'with x as (select 1) delete from hook', 'selection'])(
    'is false of %o, which may change something',
    (text) => {
      expect(isRead(sql.raw(text).compile(db))).toBe(false)
    },
  )
})
