import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { describePostgres } from '../../../test/support/postgres.ts'
import { openTestCapture, type TestCapture, type TestCaptureOptions } from './test-postgres.ts'

let test: TestCapture

async function open(options: TestCaptureOptions = {}): Promise<TestCapture> {
  test = await openTestCapture(options)
  await test.capture.install()
  return test
}

const named = async () => (await test.events()).map(({ name, row }) => [name, row.title])

describePostgres('changes of a book on PostgreSQL', () => {
  beforeAll(() => open())
  afterAll(() => test.close())
  beforeEach(() => test.app.run('TRUNCATE book; TRUNCATE hookwright.event; TRUNCATE hookwright.departed'))

  it('become an event for each change, with the row and its owner', async () => {
    const { app, events } = test
    await app.run(`INSERT INTO book VALUES (1, 7, 'Dune', 412)`)
    await app.run('UPDATE book SET pages = 413')
    await app.run('DELETE FROM book')
    const book = { id: 1, user_id: 7, title: 'Dune', pages: 412 }
    const about = { owner: '7', model: 'Book', previous: undefined }
    expect(await events()).toEqual([
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

  it('are due for fan-out at once, at the time of the change and not of the transaction, each with a uid of its own', async () => {
    const { app } = test
    await app.run('BEGIN; SELECT pg_sleep(0.05)')
    const [row] = await app.run('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now')
    const now = Number(row?.now)
    await app.run(`INSERT INTO book VALUES (1, 7, 'Dune', 412), (2, 7, 'Emma', 300); COMMIT`)
    const rows = await app.run('SELECT * FROM hookwright.event')
    expect(rows).toHaveLength(2)
    for (const event of rows) {
      expect(event).toMatchObject({
        fanout_due_at: '0',
        fanout_cursor: '0',
        fanout_attempts: '0',
        data: null,
      })
      expect(event.uid).toMatch(/^[0-9a-f]{32}$/)
      expect(Number(event.created_at)).toBeGreaterThanOrEqual(now - 1)
      expect(Number(event.created_at)).toBeLessThan(now + 5_000)
    }
    expect(rows[0]?.uid).not.toBe(rows[1]?.uid)
  })

  it('keep their order within a transaction and a statement', async () => {
    await test.app.run(
      `BEGIN; INSERT INTO book VALUES (3, 7, 'a', 1), (2, 7, 'b', 1); INSERT INTO book VALUES (1, 7, 'c', 1); COMMIT`,
    )
    expect((await named()).map(([, title]) => title)).toEqual(['a', 'b', 'c'])
  })

  it('leave nothing behind when they are rolled back, wholly, to a savepoint, or by a failed statement', async () => {
    const { app, events } = test
    await app.run(`BEGIN; INSERT INTO book VALUES (1, 7, 'Lost', 1); ROLLBACK`)
    await app.run(`BEGIN; INSERT INTO book VALUES (2, 7, 'Kept', 1);
      SAVEPOINT inside; INSERT INTO book VALUES (3, 7, 'Lost', 1); ROLLBACK TO inside; COMMIT`)
    await expect(app.run(`INSERT INTO book VALUES (4, 7, 'Lost', 1), (5, 7, NULL, 1)`)).rejects.toThrow(
      /not-null/,
    )
    await app.run(`DO $$ BEGIN
      INSERT INTO book VALUES (6, 7, 'Kept', 1);
      BEGIN INSERT INTO book VALUES (7, 7, 'Lost', 1); RAISE 'no'; EXCEPTION WHEN OTHERS THEN END;
    END $$`)
    expect((await events()).map(({ row }) => row.title)).toEqual(['Kept', 'Kept'])
  })

  it.each([500, 1_000, 1_001, 5_000])('are one event a row in a statement of %i rows', async (count) => {
    const { app } = test
    await app.run(`INSERT INTO book SELECT i, i % 3, 'Book ' || i, i FROM generate_series(1, ${count}) AS i`)
    await app.run('UPDATE book SET pages = pages + 1, id = -id WHERE id > 5')
    await app.run('DELETE FROM book')
    const [counts] = await app.run(
      `SELECT string_agg(name || ' ' || count, ' ' ORDER BY name) AS all FROM (SELECT name, count(*) FROM hookwright.event GROUP BY name) AS by_name`,
    )
    expect(counts?.all).toBe(`book.added ${count} book.changed ${count - 5} book.removed ${count}`)
    const wrong = await app.run(`SELECT * FROM hookwright.event WHERE action = 'updated' AND
      ((row_json::json ->> 'id')::int <> -(previous_json::json ->> 'id')::int
        OR (row_json::json ->> 'pages')::int <> (previous_json::json ->> 'pages')::int + 1 OR owner <> row_json::json ->> 'user_id')`)
    expect(wrong).toEqual([])
    const [order] = await app.run(`SELECT bool_and((row_json::json ->> 'id')::int = place) AS kept FROM
      (SELECT row_json, row_number() OVER (ORDER BY seq) AS place FROM hookwright.event WHERE action = 'created') AS created`)
    expect(order?.kept).toBe('t')
  })

  it('are no event where an update changes nothing', async () => {
    const { app, events, forget } = test
    await app.run(`INSERT INTO book VALUES (1, 7, 'Dune', NULL), (2, 7, 'Emma', 3), (3, 7, 'Ada', 4)`)
    await forget()
    await app.run(`UPDATE book SET title = title, pages = NULL WHERE id = 1; UPDATE book SET pages = pages`)
    expect(await events()).toEqual([])
    await app.run('UPDATE book SET pages = 3')
    expect((await events()).map(({ row }) => row.id).sort()).toEqual([1, 3])
  })

  it('tell created from updated in an upsert', async () => {
    const { app } = test
    const upsert = `INSERT INTO book VALUES (1, 7, $1, 1) ON CONFLICT (id) DO UPDATE SET title = excluded.title`
    await app.run(upsert, 'Dune')
    await app.run(upsert, 'Dune Messiah')
    await app.run(upsert, 'Dune Messiah')
    await app.run(`INSERT INTO book VALUES (1, 7, 'Ignored', 1) ON CONFLICT DO NOTHING`)
    await app.run(`INSERT INTO book VALUES (1, 7, 'Both', 1), (2, 7, 'New', 1), (3, 7, 'Newer', 1)
      ON CONFLICT (id) DO UPDATE SET title = excluded.title`)
    expect(await named()).toEqual([
      ['book.added', 'Dune'],
      ['book.changed', 'Dune Messiah'],
      ['book.changed', 'Both'],
      ['book.added', 'New'],
      ['book.added', 'Newer'],
    ])
  })

  it('are told apart in a MERGE', async () => {
    const { app, forget } = test
    await app.run(`INSERT INTO book VALUES (1, 7, 'One', 1), (2, 7, 'Two', 2), (3, 7, 'Three', 3)`)
    await forget()
    await app.run(`MERGE INTO book USING (VALUES (1, 'Uno'), (2, NULL), (3, 'Tre'), (4, 'Quattro')) AS given (id, title) ON book.id = given.id
      WHEN MATCHED AND given.title IS NULL THEN DELETE
      WHEN MATCHED THEN UPDATE SET title = given.title
      WHEN NOT MATCHED THEN INSERT VALUES (given.id, 7, given.title, 4)`)
    expect((await named()).sort()).toEqual([
      ['book.added', 'Quattro'],
      ['book.changed', 'Tre'],
      ['book.changed', 'Uno'],
      ['book.removed', 'Two'],
    ])
    const changed = (await test.events()).filter(({ action }) => action === 'updated')
    expect(changed.map(({ row, previous }) => [row.title, previous?.title]).sort()).toEqual([
      ['Tre', 'Three'],
      ['Uno', 'One'],
    ])
  })

  it('pair rows where one statement updates twice, or parts of it update the same table', async () => {
    const { app, forget } = test
    await app.run(`INSERT INTO book SELECT i, 7, 'Book ' || i, i FROM generate_series(1, 6) AS i`)
    await forget()
    await app.run(`WITH first AS (UPDATE book SET pages = 10 WHERE id IN (5, 1) RETURNING 1), second AS (UPDATE book SET pages = 20 WHERE id IN (4, 2) RETURNING 1)
      UPDATE book SET id = id + 100 WHERE id IN (6, 3)`)
    const pairs = (await test.events()).map(({ row, previous }) => [
      row.title,
      previous?.title,
      row.pages,
      row.id,
    ])
    expect(pairs.sort()).toEqual([
      ['Book 1', 'Book 1', 10, 1],
      ['Book 2', 'Book 2', 20, 2],
      ['Book 3', 'Book 3', 3, 103],
      ['Book 4', 'Book 4', 20, 4],
      ['Book 5', 'Book 5', 10, 5],
      ['Book 6', 'Book 6', 6, 106],
    ])
  })

  it('are seen in functions, in PREPARE, in COPY and in what a SELECT calls', async () => {
    const { app } = test
    await app.run(`COPY book FROM PROGRAM 'printf "1\\t7\\tCopied\\t1\\n2\\t8\\tToo\\t2\\n"'`)
    await app.run(
      `PREPARE add AS INSERT INTO book VALUES ($1, 7, $2, 1); EXECUTE add (3, 'Prepared'); DEALLOCATE add`,
    )
    await app.run(
      `CREATE OR REPLACE FUNCTION add_book(id int) RETURNS int LANGUAGE sql AS $$ INSERT INTO book VALUES (id, 7, 'Called', 1) RETURNING id $$`,
    )
    await app.run('SELECT add_book(4)')
    expect((await named()).map(([, title]) => title)).toEqual(['Copied', 'Too', 'Prepared', 'Called'])
  })

  it('go to the new owner where the owner changes', async () => {
    const { app, events } = test
    await app.run(`INSERT INTO book VALUES (1, 7, 'Dune', 1); UPDATE book SET user_id = 8`)
    expect((await events())[1]).toMatchObject({ owner: '8', row: { user_id: 8 }, previous: { user_id: 7 } })
  })

  it('reach nobody without an owner, but everyone through an event for everyone', async () => {
    const { app, events } = test
    await app.run(
      `INSERT INTO book VALUES (1, NULL, 'Orphan', 1); UPDATE book SET pages = 2; DELETE FROM book`,
    )
    expect(await events()).toMatchObject([{ name: 'book.changed', owner: null, broadcast: 1 }])
  })

  it('do not disturb what the application reads of its own statement', async () => {
    const { app } = test
    expect(
      await app.run(`INSERT INTO book VALUES (1, 7, 'Dune', 1), (2, 7, 'Emma', 1) RETURNING id`),
    ).toHaveLength(2)
    // What the session has drawn from a sequence last is the application's own.
    await app.run('CREATE TEMPORARY SEQUENCE mine START 42')
    await app.run(`SELECT nextval('mine')`)
    await app.run(`INSERT INTO book VALUES (3, 7, 'Dune', 1)`)
    expect(await app.run(`SELECT currval('mine') AS last`)).toEqual([{ last: '42' }])
    expect(await app.run('UPDATE book SET pages = 5 RETURNING id')).toHaveLength(3)
  })

  it('leave the settings of the session as they are', async () => {
    const { app } = test
    await app.run(
      `SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German'; BEGIN; INSERT INTO book VALUES (1, 7, 'Dune', 1)`,
    )
    expect(await app.run('SHOW TimeZone')).toEqual([{ TimeZone: 'Asia/Tokyo' }])
    expect(await app.run('SHOW DateStyle')).toEqual([{ DateStyle: 'German, DMY' }])
    await app.run('COMMIT; RESET ALL')
  })

  it('miss TRUNCATE and what a replica applies, as PostgreSQL runs no such triggers', async () => {
    const { app, events } = test
    await app.run(
      `SET session_replication_role = replica; INSERT INTO book VALUES (1, 7, 'Dune', 1); RESET session_replication_role; TRUNCATE book`,
    )
    expect(await events()).toEqual([])
  })

  it('survive every isolation level', async () => {
    const { app, events } = test
    for (const [index, level] of ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'].entries())
      await app.run(
        `BEGIN ISOLATION LEVEL ${level}; INSERT INTO book VALUES (${index}, 7, 'Dune', 1); COMMIT`,
      )
    expect(await events()).toHaveLength(3)
  })

  it('take no transaction number of their own for a statement of few rows', async () => {
    const { app } = test
    await app.run('BEGIN')
    for (let id = 1; id <= 3; id += 1) await app.run(`INSERT INTO book VALUES (${id}, 7, 'Dune', 1)`)
    await app.run('UPDATE book SET pages = 2; DELETE FROM book; COMMIT')
    // More than 64 subtransactions that write slow down every snapshot on the server.
    expect(await app.run('SELECT count(DISTINCT xmin::text) FROM hookwright.event')).toEqual([{ count: '1' }])
  })
})

describePostgres('other tables on PostgreSQL', () => {
  afterEach(() => test.close())

  it('write nothing where no hook listens', async () => {
    const { app, events, listen } = await open({ listening: ['book.read'] })
    const all = `INSERT INTO book VALUES (1, 7, 'Dune', 1); UPDATE book SET pages = 2; DELETE FROM book`
    await app.run(all)
    expect(await events()).toEqual([])
    await listen(['book.removed'])
    await app.run(all)
    expect((await events()).map(({ name }) => name)).toEqual(['book.removed'])
  })

  it.each(['', ' DEFERRABLE INITIALLY DEFERRED'])(
    'of cascades are captured, by the action that they are%s',
    async (deferred) => {
      const { app, events, forget } = await open({
        tables: `CREATE TABLE account (id bigint PRIMARY KEY);
        CREATE TABLE book (id bigint PRIMARY KEY, user_id bigint REFERENCES account ON DELETE CASCADE ON UPDATE CASCADE${deferred})`,
      })
      await app.run(
        `INSERT INTO account VALUES (6), (7), (8); INSERT INTO book VALUES (1, 7), (2, 8), (3, 6), (4, 6)`,
      )
      await forget()
      await app.run('DELETE FROM account WHERE id IN (6, 7); UPDATE account SET id = 9')
      expect(
        (await events())
          .map(({ name, owner, row, previous }) => [name, owner, row.id, previous?.user_id])
          .sort(),
      ).toEqual([
        ['book.changed', '9', 2, 8],
        ['book.removed', '6', 3, undefined],
        ['book.removed', '6', 4, undefined],
        ['book.removed', '7', 1, undefined],
      ])
    },
  )

  it("made by the application's own triggers are captured, before and after", async () => {
    const { app, events } = await open({
      tables: `CREATE TABLE book (id bigserial PRIMARY KEY, user_id int, title text);
        CREATE TABLE draft (title text);
        CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.title := upper(NEW.title); RETURN NEW; END $$;
        CREATE TRIGGER shout BEFORE INSERT OR UPDATE ON book FOR EACH ROW EXECUTE FUNCTION shout();
        CREATE FUNCTION publish() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO book (user_id, title) VALUES (7, NEW.title); RETURN NEW; END $$;
        CREATE TRIGGER publish AFTER INSERT ON draft FOR EACH ROW EXECUTE FUNCTION publish()`,
    })
    await app.run(`INSERT INTO draft VALUES ('Dune'), ('Emma')`)
    expect((await events()).map(({ row }) => row.title)).toEqual(['DUNE', 'EMMA'])
  })

  it('make several events where several are on one action, for the owner, for everyone, and of several models', async () => {
    const when = () => true
    const awkward = `long '/* */' \\ $hookwright$ %s`
    const { app, events, capture } = await open({
      catalog: {
        models: { Book: { table: 'book', owner: 'user_id' }, Title: { table: 'BOOK' } },
        events: {
          added: 'Book.created',
          [awkward]: { on: 'Book.created', when },
          known: { on: 'Book.created+', when },
          listed: 'Title.created+',
        },
      },
    })
    await app.run(`INSERT INTO book VALUES (1, 7, 'Dune', 1), (2, NULL, 'Emma', 1)`)
    const seen = (await events()).map(({ name, owner, broadcast, model, row }) => [
      row.id,
      model,
      name,
      owner,
      broadcast,
    ])
    expect(seen.sort()).toEqual([
      [1, 'Book', 'added', '7', 0],
      [1, 'Book', 'known', '7', 1],
      [1, 'Book', awkward, '7', 0],
      [1, 'Title', 'listed', null, 1],
      [2, 'Book', 'known', null, 1],
      [2, 'Title', 'listed', null, 1],
    ])
    expect(await capture.check()).toEqual([])
    await test.forget()
    // Also by the careful way, which large statements take.
    await app.run(
      `INSERT INTO book SELECT i, CASE WHEN i % 2 = 0 THEN 7 END, 'Book', 1 FROM generate_series(1001, 3000) AS i`,
    )
    expect(
      await app.run(
        'SELECT name, count(*), count(owner) AS owned FROM hookwright.event GROUP BY name ORDER BY name',
      ),
    ).toEqual([
      { name: 'added', count: '1000', owned: '1000' },
      { name: 'known', count: '2000', owned: '1000' },
      { name: 'listed', count: '2000', owned: '0' },
      { name: awkward, count: '1000', owned: '1000' },
    ])
  })

  it('are captured in several schemas, whatever their names', async () => {
    const { app, events, capture } = await open({
      tables: `CREATE SCHEMA billing; CREATE SCHEMA "odd.Schema";
        CREATE TABLE billing.invoice (id int PRIMARY KEY, "Owner""s id" text, "select" int, "a.b" text, "back\\slash" int, "%s" text, "*/" text);
        CREATE TABLE "odd.Schema"."My ""Table"".x" (id int PRIMARY KEY, user_id int);
        CREATE TABLE "Mixed" (id int PRIMARY KEY, "userId" int)`,
      catalog: {
        models: {
          Invoice: { table: 'billing.invoice', owner: `Owner"s id` },
          Odd: { table: `odd.Schema.My "Table".x`, owner: 'user_id' },
          Mixed: { table: 'Mixed', owner: 'userId' },
        },
        events: {
          invoiced: 'Invoice.created',
          reinvoiced: 'Invoice.updated',
          odd: 'Odd.deleted',
          mixed: 'Mixed.created',
        },
      },
    })
    await app.run(`INSERT INTO billing.invoice VALUES (1, 'ann', 2, 'c', 5, 'd', 'e'); UPDATE billing.invoice SET "back\\slash" = 6;
      INSERT INTO "odd.Schema"."My ""Table"".x" VALUES (1, 7); DELETE FROM "odd.Schema"."My ""Table"".x"; INSERT INTO "Mixed" VALUES (1, 8)`)
    expect(await events()).toMatchObject([
      {
        name: 'invoiced',
        owner: 'ann',
        row: { id: 1, 'Owner"s id': 'ann', select: 2, 'a.b': 'c', 'back\\slash': 5, '%s': 'd', '*/': 'e' },
      },
      { name: 'reinvoiced', previous: { 'back\\slash': 5 } },
      { name: 'odd', owner: '7' },
      { name: 'mixed', owner: '8' },
    ])
    await test.forget()
    await app.run(
      `INSERT INTO billing.invoice SELECT i, 'ann', 2, 'c', 5, 'd', 'e' FROM generate_series(2, 1500) AS i`,
    )
    expect((await events())[1498]).toMatchObject({
      owner: 'ann',
      row: { 'a.b': 'c', 'back\\slash': 5, '%s': 'd' },
    })
    expect(await capture.check()).toEqual([])
  })

  it('of partitions are captured through the table and directly, and a move between them is an update', async () => {
    const { app, events, forget, capture } = await open({
      tables: `CREATE TABLE book (id int, user_id int, title text, PRIMARY KEY (id, user_id)) PARTITION BY LIST (user_id);
        CREATE TABLE book_7 PARTITION OF book FOR VALUES IN (7);
        CREATE TABLE book_8 PARTITION OF book FOR VALUES IN (8) PARTITION BY RANGE (id);
        CREATE TABLE book_8_low PARTITION OF book_8 FOR VALUES FROM (0) TO (100)`,
    })
    await app.run(`INSERT INTO book VALUES (1, 7, 'Dune'), (2, 7, 'Emma'), (3, 8, 'Ada')`)
    await app.run(
      `INSERT INTO book_8_low VALUES (4, 8, 'Direct'); UPDATE book_8 SET title = 'Between' WHERE id = 4`,
    )
    expect(await events()).toHaveLength(5)
    await forget()
    await app.run(`UPDATE book SET user_id = 15 - user_id WHERE id < 4`)
    expect(
      (await events())
        .map(({ name, owner, row, previous }) => [name, owner, row.title, previous?.title])
        .sort(),
    ).toEqual([
      ['book.changed', '7', 'Ada', 'Ada'],
      ['book.changed', '8', 'Dune', 'Dune'],
      ['book.changed', '8', 'Emma', 'Emma'],
    ])
    await app.run('CREATE TABLE book_9 PARTITION OF book FOR VALUES IN (9)')
    expect(await capture.check()).toMatchObject([
      { problem: 'missing' },
      { problem: 'missing' },
      { problem: 'missing' },
    ])
    await forget()
    await app.run(`INSERT INTO book VALUES (5, 9, 'New')`)
    await capture.repair()
    await app.run(`DELETE FROM book_9`)
    expect((await events()).map(({ name }) => name)).toEqual(['book.added', 'book.removed'])
    expect(await capture.check()).toEqual([])
    await app.run('ALTER TABLE book DETACH PARTITION book_9; DROP TABLE book_9')
    await capture.repair()
    expect(await capture.check()).toEqual([])
  })

  it('of tables that inherit are captured through the one above and directly', async () => {
    const { app, events, forget } = await open({
      tables: `CREATE TABLE book (id int PRIMARY KEY, user_id int, title text);
        CREATE TABLE comic (artist text) INHERITS (book); CREATE TABLE manga () INHERITS (comic)`,
    })
    await app.run(
      `INSERT INTO book VALUES (1, 7, 'Dune'); INSERT INTO comic VALUES (2, 7, 'Tintin', 'Hergé'); INSERT INTO manga VALUES (3, 8, 'Akira', 'Otomo')`,
    )
    expect((await events()).map(({ row }) => row)).toEqual([
      { id: 1, user_id: 7, title: 'Dune' },
      { id: 2, user_id: 7, title: 'Tintin', artist: 'Hergé' },
      { id: 3, user_id: 8, title: 'Akira', artist: 'Otomo' },
    ])
    await forget()
    await app.run(`UPDATE book SET title = title || '!'; DELETE FROM comic`)
    expect((await events()).map(({ name, row }) => [name, row.title]).sort()).toEqual([
      ['book.changed', 'Akira!'],
      ['book.changed', 'Dune!'],
      ['book.changed', 'Tintin!'],
      ['book.removed', 'Akira!'],
      ['book.removed', 'Tintin!'],
    ])
  })

  it('of tables as wide as PostgreSQL allows, and with a column that is called as ours are', async () => {
    const columns = Array.from({ length: 1_597 }, (_, index) => `c${index} int`)
    const { app, events } = await open({
      tables: `CREATE TABLE book (id int PRIMARY KEY, user_id int, heard text, ${columns.join(', ')})`,
    })
    await app.run(
      `INSERT INTO book (id, user_id, c0, c1596, heard) VALUES (1, 7, 1, 2, 'x'); UPDATE book SET c1000 = 5; UPDATE book SET c1000 = 5`,
    )
    expect(await events()).toHaveLength(2)
    expect((await events())[1]).toMatchObject({
      row: { c1000: 5, heard: 'x', c1596: 2 },
      previous: { c1000: null },
    })
  })
})
