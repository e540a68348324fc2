import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createHooks, silentLogger } from 'hookwright'
import { sqlite } from 'hookwright/sqlite'
import { testHooks } from 'hookwright/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'

let folder: string
let app: DatabaseSync

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookwright-'))
  app = new DatabaseSync(join(folder, 'app.db'))
  app.exec(`CREATE TABLE user (id INTEGER PRIMARY KEY);
    CREATE TABLE book (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES user (id) ON DELETE CASCADE);
    INSERT INTO user VALUES (1), (2)`)
})

afterEach(() => {
  app.close()
  rmSync(folder, { recursive: true, force: true })
})

function open(owners = { table: 'user', key: 'id' }) {
  return createHooks({
    database: sqlite(app),
    models: { Book: { table: 'book', owner: 'user_id' } },
    events: { 'book.added': 'Book.created', 'book.removed': 'Book.deleted' },
    owners,
    logger: silentLogger,
  })
}

it("removes a deleted owner's hooks, cancels what is pending or parked, and leaves the others'", async () => {
  const hooks = open()
  const test = testHooks(hooks)
  await hooks.migrate()
  const target = 'https://example.com/'
  const gone = await hooks.create({ owner: 1, events: ['book.added', 'book.removed'], target })
  const parked = await hooks.create({ owner: 1, event: 'book.added', target: `${target}parked` })
  const stays = await hooks.create({ owner: 2, event: 'book.added', target })
  await hooks.disable(parked.id)
  test.respond(() => ({ status: 500 }))
  app.exec('INSERT INTO book (user_id) VALUES (1), (2)')
  await test.flush()
  test.clear()

  app.exec('PRAGMA foreign_keys = ON; DELETE FROM user WHERE id = 1')
  test.clock.advance(10_000)
  await test.flush()

  expect(await hooks.get(gone.id)).toBeUndefined()
  expect((await hooks.list()).map(({ id }) => id)).toEqual([stays.id])
  expect(test.deliveries.map(({ target: to }) => to)).toEqual([target])
  const outcome = await hooks.deliveries()
  expect(outcome.map(({ hookId, status, reason }) => [hookId, status, reason])).toEqual([
    [stays.id, 'pending', null],
    [gone.id, 'cancelled', 'the hook was deleted'],
    [parked.id, 'cancelled', 'the hook was deleted'],
  ])
  const listening = app.prepare('SELECT event FROM hookwright_listening').all()
  expect(listening.map(({ event }) => event)).toEqual(['book.added'])
  await hooks.close()
})

it('names the table or the column that there is not', async () => {
  await expect(open({ table: 'users', key: 'id' }).migrate()).rejects.toThrow(/owners\.table.*"users"/)
  await expect(open({ table: 'user', key: 'uuid' }).migrate()).rejects.toThrow(/owners\.key.*"uuid"/)
})

it('comes back when it is dropped, and goes when the option goes', async () => {
  const triggers = () =>
    app.prepare("SELECT name FROM sqlite_schema WHERE name LIKE '%owners_of%'").all().length
  const hooks = open()
  await hooks.migrate()
  app.exec('DROP TRIGGER hookwright_owners_of_user')
  await hooks.start()
  expect(triggers()).toBe(1)
  await hooks.close()

  const without = createHooks({ database: sqlite(app), events: { ping: null }, logger: silentLogger })
  await without.migrate()
  expect(triggers()).toBe(0)
  await without.close()
})
