import { describe, expect, it } from 'vitest'
import { TRIGGER_VERSION, triggerHeader, triggerName, triggerSql, triggersOf } from './trigger.ts'

const book = { name: 'book', columns: ['id', 'user_id', 'twice'], generated: new Set(['twice']), key: ['id'] }
const part = {
  model: 'Book',
  owner: 'user_id',
  softDelete: null,
  events: ['book.changed'],
  everyone: ['book.known'],
}

describe('triggerSql', () => {
  it('makes the text that its version stands for', () => {
    // A running process takes any other text for drift. Change it together with TRIGGER_VERSION, or two versions of
    // hookwright undo each other's triggers while one is rolled out.
    expect(TRIGGER_VERSION).toBe(2)
    expect(triggerSql(book, 'updated', [part])).toMatchInlineSnapshot(`
      "CREATE TRIGGER "hookwright_book_updated" /* hookwright 2 updated [["Book","user_id",null,["book.changed"],["book.known"]]] */
      AFTER UPDATE ON "book"
      WHEN (OLD."id" COLLATE BINARY IS NOT NEW."id" OR OLD."user_id" COLLATE BINARY IS NOT NEW."user_id")
      BEGIN
        INSERT INTO hookwright_event (uid, name, owner, broadcast, model, action, created_at, fanout_due_at, row_json, previous_json)
        SELECT printf('%012x', CAST((julianday('now') - 2440587.5) * 86400000 + 0.5 AS INTEGER)) || lower(hex(randomblob(10))), event, CAST(NEW."user_id" AS TEXT), event IN ('book.known'), 'Book', 'updated', CAST((julianday('now') - 2440587.5) * 86400000 + 0.5 AS INTEGER), 0,
        '{' || (SELECT group_concat(field || CASE typeof(value)
          WHEN 'integer' THEN value
          WHEN 'text' THEN json_quote(value || '')
          WHEN 'real' THEN CASE value WHEN 9e999 THEN '{"$real":"Infinity"}' WHEN -9e999 THEN '{"$real":"-Infinity"}' ELSE printf('%!.20g', value) END
          WHEN 'blob' THEN '{"$blob":"' || hex(value) || '"}'
          ELSE 'null' END) FROM (
          SELECT '"id":' AS field, +NEW."id" AS value UNION ALL
          SELECT '"user_id":', +NEW."user_id" UNION ALL
          SELECT '"twice":', +NEW."twice"
        )) || '}',
        '{' || (SELECT group_concat(field || CASE typeof(value)
          WHEN 'integer' THEN value
          WHEN 'text' THEN json_quote(value || '')
          WHEN 'real' THEN CASE value WHEN 9e999 THEN '{"$real":"Infinity"}' WHEN -9e999 THEN '{"$real":"-Infinity"}' ELSE printf('%!.20g', value) END
          WHEN 'blob' THEN '{"$blob":"' || hex(value) || '"}'
          ELSE 'null' END) FROM (
          SELECT '"id":' AS field, +OLD."id" AS value UNION ALL
          SELECT '"user_id":', +OLD."user_id" UNION ALL
          SELECT '"twice":', +OLD."twice"
        )) || '}'
        FROM hookwright_listening WHERE event IN ('book.changed', 'book.known') AND (NEW."user_id" IS NOT NULL OR event IN ('book.known'));
      END"
    `)
  })

  it('makes the same text whatever the order of its parts', () => {
    const other = { ...part, model: 'Account', owner: null, events: [] }
    expect(triggerSql(book, 'created', [part, other])).toBe(triggerSql(book, 'created', [other, part]))
  })
})

describe('triggerName', () => {
  it('differs for tables that are called like an action', () => {
    const names = ['book', 'book_created', 'created'].flatMap((table) => [
      triggerName(table, 'created'),
      triggerName(table, 'deleted'),
    ])
    expect(new Set(names).size).toBe(6)
  })
})

describe('triggerHeader', () => {
  it('reads what a trigger is for, whatever its names hold', () => {
    const awkward = {
      model: '*/ "x" \\ \'',
      owner: 'a*/b',
      softDelete: null,
      events: ['/* */', 'ü'],
      everyone: [],
    }
    const table = { ...book, name: 'a "b" */ c' }
    expect(triggerHeader(triggerSql(table, 'deleted', [awkward]))).toEqual({
      version: 2,
      action: 'deleted',
      parts: [awkward],
    })
  })

  it('does not take another trigger for ours, whatever its name', () => {
    expect(
      triggerHeader('CREATE TRIGGER "hookwright_book_created" AFTER INSERT ON book BEGIN SELECT 1; END'),
    ).toBeUndefined()
    expect(
      triggerHeader('CREATE TRIGGER x /* hookwright is great */ AFTER INSERT ON book BEGIN SELECT 1; END'),
    ).toBeUndefined()
  })

  it('reads what version 1 wrote', () => {
    const sql =
      'CREATE TRIGGER "hookwright_book_created" /* hookwright 1 created [["Book","user_id",["book.added"],[]]] */'
    expect(triggerHeader(sql)?.parts).toEqual([
      { model: 'Book', owner: 'user_id', softDelete: null, events: ['book.added'], everyone: [] },
    ])
  })

  it('reads relations and columns that mark rows as deleted', () => {
    const owner = { table: 'shelf', on: 'shelf_id', column: 'user_id', key: 'id' }
    const wanted = { ...part, owner, softDelete: 'deleted_at' }
    const triggers = triggersOf(book, 'deleted', [wanted, part])
    expect(triggers.map(({ name }) => name)).toEqual([
      'hookwright_book_deleted',
      'hookwright_book_deleted_softly',
    ])
    expect(triggerHeader(triggers[1]?.sql ?? '')?.parts).toEqual([wanted])
  })

  it('does not guess what a newer version says', () => {
    const sql = triggerSql(book, 'created', [part]).replace('/* hookwright 2 ', '/* hookwright 3 ')
    expect(triggerHeader(sql)).toEqual({ version: 3, action: 'created', parts: [] })
  })
})
