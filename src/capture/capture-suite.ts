// biome-ignore lint/correctness/noUndeclaredDependencies: only tests import this file
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Library, openTestCapture, type TestCapture, type TestCaptureOptions } from './test-capture.ts'

/** What the application's writes become, whatever library it writes through. */
export function describeCapture(library: Library): void {
  describe(`changes of a captured table, written through ${library}`, () => {
    let test: TestCapture

    async function open(options: TestCaptureOptions = {}): Promise<TestCapture> {
      test = await openTestCapture({ library, ...options })
      await test.capture.install()
      return test
    }

    afterEach(() => test.close())

    describe('of a book', () => {
      beforeEach(() => open())

      it('become an event for each change, with the row and its owner', () => {
        const { app, events } = test
        app.run(`INSERT INTO book VALUES (1, 7, 'Dune', 412)`)
        app.run('UPDATE book SET pages = 413')
        app.run('DELETE FROM book')
        const book = { id: 1, user_id: 7, title: 'Dune', pages: 412 }
        const about = { owner: '7', model: 'Book', previous: undefined }
        expect(events()).toEqual([
          { ...about, name: 'book.added', broadcast: 0, action: 'created', row: book },
          {
            ...about,
            name: 'book.changed',
            broadcast: 1,
            action: 'updated',
            row: { ...book, pages: 413 },
            previous: book,
          },
          { ...about, name: 'book.removed', broadcast: 0, action: 'deleted', row: { ...book, pages: 413 } },
        ])
      })

      it('are due for fan-out at once, at the time of the change, each with a uid of its own', () => {
        const { app } = test
        const before = Date.now()
        app.exec(`INSERT INTO book VALUES (1, 7, 'Dune', 412), (2, 7, 'Emma', 300)`)
        const after = Date.now()
        const rows = app.all(
          'SELECT uid, created_at, fanout_due_at, fanout_cursor, data FROM hookwright_event',
        )
        expect(rows).toHaveLength(2)
        for (const row of rows) {
          expect(row).toMatchObject({ fanout_due_at: 0, fanout_cursor: 0, data: null })
          expect(row.uid).toMatch(/^[0-9a-f]{32}$/)
          expect(row.created_at).toBeGreaterThanOrEqual(before)
          expect(row.created_at).toBeLessThanOrEqual(after)
        }
        expect(rows[0]?.uid).not.toBe(rows[1]?.uid)
      })

      it('keep their order within a transaction', () => {
        const { app, events } = test
        app.exec(
          `BEGIN; INSERT INTO book VALUES (2, 7, 'Second', 1); INSERT INTO book VALUES (1, 7, 'First', 1); COMMIT`,
        )
        expect(events().map(({ row }) => row.title)).toEqual(['Second', 'First'])
      })

      it('leave nothing behind when they are rolled back, wholly or to a savepoint', () => {
        const { app, events } = test
        app.exec(`BEGIN; INSERT INTO book VALUES (1, 7, 'Lost', 1); ROLLBACK`)
        app.exec(`
          BEGIN; INSERT INTO book VALUES (2, 7, 'Kept', 1);
          SAVEPOINT inner; INSERT INTO book VALUES (3, 7, 'Lost', 1); ROLLBACK TO inner; COMMIT`)
        expect(() => app.exec(`INSERT INTO book VALUES (4, 7, 'Lost', 1), (5, 7, NULL, 1)`)).toThrow(
          /NOT NULL/,
        )
        expect(events().map(({ row }) => row.title)).toEqual(['Kept'])
      })

      it('are one event a row in bulk statements', () => {
        const { app, events } = test
        app.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
          INSERT INTO book SELECT i, i % 3, 'Book ' || i, i FROM n`)
        app.exec('UPDATE book SET pages = pages + 1 WHERE id <= 100')
        app.exec('DELETE FROM book')
        const counts = Map.groupBy(events(), ({ name }) => name)
        expect([...counts].map(([name, list]) => [name, list.length])).toEqual([
          ['book.added', 500],
          ['book.changed', 100],
          ['book.removed', 500],
        ])
        expect(events()[499]).toMatchObject({ owner: '2', row: { id: 500, title: 'Book 500' } })
      })

      it('are no event where an update changes no column', () => {
        const { app, events } = test
        app.exec(`INSERT INTO book VALUES (1, 7, 'Dune', NULL), (2, 7, 'Emma', 3)`)
        app.exec('DELETE FROM hookwright_event')
        app.exec(`UPDATE book SET title = title, pages = NULL WHERE id = 1; UPDATE book SET pages = pages`)
        expect(events()).toEqual([])
        app.exec('UPDATE book SET pages = 3')
        expect(events().map(({ row }) => row.id)).toEqual([1])
      })

      it('tell created from updated in an upsert', () => {
        const { app, events } = test
        const upsert = `INSERT INTO book VALUES (1, 7, ?, 1) ON CONFLICT (id) DO UPDATE SET title = excluded.title`
        app.run(upsert, 'Dune')
        app.run(upsert, 'Dune Messiah')
        app.run(upsert, 'Dune Messiah')
        app.run(`INSERT OR IGNORE INTO book VALUES (1, 7, 'Ignored', 1)`)
        expect(events().map(({ name, row }) => [name, row.title])).toEqual([
          ['book.added', 'Dune'],
          ['book.changed', 'Dune Messiah'],
        ])
      })

      it('lose the replaced row of INSERT OR REPLACE, unless recursive_triggers is on', () => {
        const { app, events } = test
        app.exec(`INSERT INTO book VALUES (1, 7, 'Old', 1); DELETE FROM hookwright_event`)
        app.exec(`REPLACE INTO book VALUES (1, 7, 'New', 1)`)
        expect(events().map(({ name, row }) => [name, row.title])).toEqual([['book.added', 'New']])
        app.exec(`PRAGMA recursive_triggers = ON; REPLACE INTO book VALUES (1, 7, 'Newest', 1)`)
        expect(
          events()
            .slice(1)
            .map(({ name, row }) => [name, row.title]),
        ).toEqual([
          ['book.removed', 'New'],
          ['book.added', 'Newest'],
        ])
      })

      it('go to the new owner where the owner changes', () => {
        const { app, events } = test
        app.exec(`INSERT INTO book VALUES (1, 7, 'Dune', 1); UPDATE book SET user_id = 8`)
        expect(events()[1]).toMatchObject({
          name: 'book.changed',
          owner: '8',
          row: { user_id: 8 },
          previous: { user_id: 7 },
        })
      })

      it('are an update where the primary key changes', () => {
        const { app, events } = test
        app.exec(`INSERT INTO book VALUES (1, 7, 'Dune', 1); UPDATE book SET id = 2`)
        expect(events()[1]).toMatchObject({ action: 'updated', row: { id: 2 }, previous: { id: 1 } })
      })

      it('reach nobody without an owner, but everyone through an event for everyone', () => {
        const { app, events } = test
        app.exec(
          `INSERT INTO book VALUES (1, NULL, 'Orphan', 1); UPDATE book SET pages = 2; DELETE FROM book`,
        )
        expect(events()).toMatchObject([{ name: 'book.changed', owner: null, broadcast: 1 }])
      })

      it('are captured on connections that trust no schema', () => {
        const { app, events } = test
        app.exec(`PRAGMA trusted_schema = OFF; INSERT INTO book VALUES (1, 7, 'Dune', 1)`)
        expect(events()).toHaveLength(1)
      })

      it('do not disturb what the application reads of its own statement', () => {
        const { app } = test
        app.exec(
          `INSERT INTO hookwright_event (uid, name, created_at) SELECT value, 'filler', 0 FROM json_each('[1,2,3,4,5]')`,
        )
        const insert = `INSERT INTO book (user_id, title) VALUES (7, 'Dune'), (7, 'Emma')`
        expect(app.run(insert)).toEqual({ changes: 2, lastInsertRowid: 2 })
        expect(app.all('SELECT last_insert_rowid() AS id, changes() AS changed')).toEqual([
          { id: 2, changed: 2 },
        ])
        expect(app.all(`${insert} RETURNING id, title`)).toEqual([
          { id: 3, title: 'Dune' },
          { id: 4, title: 'Emma' },
        ])
        expect(app.all('SELECT last_insert_rowid() AS id')).toEqual([{ id: 4 }])
        expect(app.run('UPDATE book SET pages = 1 WHERE id > 1').changes).toBe(3)
        expect(app.all('UPDATE book SET pages = 2 WHERE id > 2 RETURNING pages')).toHaveLength(2)
        expect(app.run('DELETE FROM book WHERE id > 3').changes).toBe(1)
        expect(app.all('DELETE FROM book RETURNING id')).toHaveLength(3)
      })
    })

    it('write nothing where no hook listens', async () => {
      const { app, events, listen } = await open({ listening: ['book.read'] })
      app.exec(`INSERT INTO book VALUES (1, 7, 'Dune', 1); UPDATE book SET pages = 2; DELETE FROM book`)
      expect(events()).toEqual([])
      listen(['book.removed'])
      app.exec(`INSERT INTO book VALUES (1, 7, 'Dune', 1); UPDATE book SET pages = 2; DELETE FROM book`)
      expect(events().map(({ name }) => name)).toEqual(['book.removed'])
    })

    it('of cascades are captured, by the action that they are', async () => {
      const { app, events } = await open({
        schema: `CREATE TABLE user (id INTEGER PRIMARY KEY);
          CREATE TABLE book (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES user ON DELETE CASCADE ON UPDATE CASCADE)`,
      })
      app.exec(
        `PRAGMA foreign_keys = ON; INSERT INTO user VALUES (7), (8); INSERT INTO book VALUES (1, 7), (2, 8)`,
      )
      app.exec('DELETE FROM hookwright_event; DELETE FROM user WHERE id = 7; UPDATE user SET id = 9')
      expect(events()).toMatchObject([
        { name: 'book.removed', owner: '7', row: { id: 1 } },
        { name: 'book.changed', owner: '9', row: { id: 2, user_id: 9 }, previous: { user_id: 8 } },
      ])
    })

    it("made by the application's own triggers are captured", async () => {
      const { app, events } = await open({
        schema: `CREATE TABLE book (id INTEGER PRIMARY KEY, user_id INTEGER, title TEXT);
          CREATE TABLE draft (title TEXT);
          CREATE TRIGGER publish AFTER INSERT ON draft BEGIN INSERT INTO book (user_id, title) VALUES (7, NEW.title); END`,
      })
      app.exec(`INSERT INTO draft VALUES ('Dune')`)
      expect(events()).toMatchObject([{ name: 'book.added', row: { title: 'Dune' } }])
    })

    it('are told apart by value where the collation takes them as equal', async () => {
      const { app, events } = await open({
        schema: 'CREATE TABLE book (id INTEGER PRIMARY KEY, user_id INTEGER, title TEXT COLLATE NOCASE)',
      })
      app.exec(`INSERT INTO book VALUES (1, 7, 'dune'); UPDATE book SET title = 'Dune'`)
      expect(events()).toMatchObject([
        {},
        { action: 'updated', row: { title: 'Dune' }, previous: { title: 'dune' } },
      ])
    })

    it('make several events where several are on one action, for the owner, for everyone, and of several models', async () => {
      const when = () => true
      const { app, events } = await open({
        catalog: {
          models: { Book: { table: 'book', owner: 'user_id' }, Title: { table: 'BOOK' } },
          events: {
            added: 'Book.created',
            "long '/* */'": { on: 'Book.created', when },
            known: { on: 'Book.created+', when },
            listed: 'Title.created+',
          },
        },
      })
      app.exec(`INSERT INTO book VALUES (1, 7, 'Dune', 1), (2, NULL, 'Emma', 1)`)
      const seen = events().map(({ name, owner, broadcast, model, row }) => [
        row.id,
        model,
        name,
        owner,
        broadcast,
      ])
      expect(seen.sort()).toEqual([
        [1, 'Book', 'added', '7', 0],
        [1, 'Book', 'known', '7', 1],
        [1, 'Book', "long '/* */'", '7', 0],
        [1, 'Title', 'listed', null, 1],
        [2, 'Book', 'known', null, 1],
        [2, 'Title', 'listed', null, 1],
      ])
      expect(await test.capture.check()).toEqual([])
    })

    it('of tables without rowid and with keys of several columns are captured', async () => {
      const { app, events } = await open({
        schema: `CREATE TABLE book (shelf TEXT, place INTEGER, user_id TEXT, PRIMARY KEY (shelf, place)) WITHOUT ROWID`,
      })
      app.exec(
        `INSERT INTO book VALUES ('a', 1, 'ann'), ('a', 2, 'ann'); UPDATE book SET place = place + 2; DELETE FROM book`,
      )
      expect(events().map(({ name, owner }) => [name, owner])).toHaveLength(6)
      expect(events()[5]).toMatchObject({ name: 'book.removed', owner: 'ann', row: { shelf: 'a', place: 4 } })
    })

    it('carry columns with awkward names, and computed ones', async () => {
      const { app, events } = await open({
        schema: `CREATE TABLE "my ""books"" ü" ("select" INTEGER PRIMARY KEY, "user's ""id""" INTEGER, [a b] TEXT, "ключ" TEXT,
          "back\\slash" INTEGER, "__proto__" TEXT, "*/" TEXT,
          twice GENERATED ALWAYS AS ("back\\slash" * 2) VIRTUAL, thrice REAL GENERATED ALWAYS AS ("back\\slash" * 3) STORED)`,
        catalog: {
          models: { Book: { table: 'my "books" ü', owner: `user's "id"` } },
          events: bookEvents,
        },
      })
      app.exec(
        `INSERT INTO "my ""books"" ü" VALUES (1, 7, 'x', 'y', 5, 'p', 'q'); UPDATE "my ""books"" ü" SET "back\\slash" = 6`,
      )
      const row = Object.fromEntries([
        ['select', 1],
        [`user's "id"`, 7],
        ['a b', 'x'],
        ['ключ', 'y'],
        ['back\\slash', 5],
        ['__proto__', 'p'],
        ['*/', 'q'],
        ['twice', 10],
        ['thrice', 15],
      ])
      expect(events()).toMatchObject([{ owner: '7' }, { action: 'updated' }])
      expect(events()[0]?.row).toEqual(row)
      expect(events()[1]?.row).toMatchObject({ twice: 12, thrice: 18 })
      expect(events()[1]?.previous).toEqual(row)
      expect(await test.capture.check()).toEqual([])
    })

    it('of tables as wide as SQLite allows are captured', async () => {
      const columns = Array.from({ length: 1_998 }, (_, index) => `c${index}`)
      const { app, events } = await open({
        schema: `CREATE TABLE book (id INTEGER PRIMARY KEY, user_id INTEGER, ${columns.join(', ')})`,
      })
      app.exec(
        `INSERT INTO book (id, user_id, c0, c1997) VALUES (1, 7, 'first', 'last'); UPDATE book SET c1000 = 5; UPDATE book SET c1000 = 5`,
      )
      expect(events()).toHaveLength(2)
      const { row, previous } = events()[1] ?? {}
      expect(Object.keys(row ?? {})).toHaveLength(2_000)
      expect(row).toMatchObject({ id: 1, c0: 'first', c1000: 5, c1997: 'last' })
      expect(previous).toMatchObject({ c1000: null })
    })
  })
}

const bookEvents = { 'book.added': 'Book.created', 'book.changed': 'Book.updated' }
