import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { CompiledQuery } from 'kysely'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { BetterSqlite3Database, SqliteLibrary } from '../../src/store/sqlite/handles.ts'
import { sqlite } from '../../src/store/sqlite/index.ts'
import type { SqliteStore } from '../../src/store/sqlite/store.ts'
import { exec, first, rows, type Work } from '../../src/store/work.ts'
import { startChild, temporaryDatabase } from '../support/database.ts'
import { describeStore } from './store.suite.ts'

/** For child processes: what a program gives to `sqlite()` to have the file through each library. */
const openDatabase: Record<SqliteLibrary, string> = {
  'node:sqlite': 'const database = process.argv[1]',
  'better-sqlite3': `
    import Database from 'better-sqlite3'
    const database = new Database(process.argv[1])`,
}

/**
 * The store on SQLite through one of the libraries. Each has a test file of its own, and so a process of its own: both in one
 * process is what the store refuses.
 */
export function describeSqliteStore(
  library: SqliteLibrary,
  openApplication: (path: string) => DatabaseSync | BetterSqlite3Database,
): void {
  describeStore(`SQLite through ${library}`, () => {
    const { path, remove } = temporaryDatabase()
    const application = openApplication(path)
    return {
      store: () => sqlite(application),
      remove() {
        application.close()
        remove()
      },
    }
  })

  describe(`a store beside an application on ${library}`, () => {
    let path: string
    let application: DatabaseSync | BetterSqlite3Database
    let store: SqliteStore

    beforeEach(async () => {
      const temporary = temporaryDatabase()
      onTestFinished(temporary.remove)
      path = temporary.path
      application = openApplication(path)
      application.exec('CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT)')
      store = sqlite(application)
      await store.migrate()
    })

    afterEach(async () => {
      application.close()
      await store.close()
    })

    const insertListening = (event: string) => store.db.insertInto('listening').values({ event })
    const events = () =>
      application
        .prepare('SELECT event FROM hookwright_listening ORDER BY event')
        .all()
        .map((row) => (row as { event: string }).event)

    function another(): SqliteStore {
      const other = sqlite(application)
      onTestFinished(() => other.close())
      return other
    }

    describe('watch', () => {
      it("notices another's commit, and no write of its own", async () => {
        const listener = vi.fn()
        onTestFinished(store.watch(listener).end)
        for (let count = 0; count < 20; count += 1)
          await store.write(() => exec(insertListening(crypto.randomUUID())))
        expect(listener).not.toHaveBeenCalled()

        await another().write(() => exec(insertListening(crypto.randomUUID())))
        await vi.waitFor(() => expect(listener).toHaveBeenCalled())
        expect(listener).toHaveBeenCalledTimes(1)
      })

      it('tells every listener until that one ends it', async () => {
        const ended = vi.fn()
        const listening = vi.fn()
        const { end } = store.watch(ended)
        onTestFinished(store.watch(listening).end)
        end()
        await another().write(() => exec(insertListening(crypto.randomUUID())))
        await vi.waitFor(() => expect(listening).toHaveBeenCalled())
        expect(ended).not.toHaveBeenCalled()
      })
    })

    it('takes over the file and the library that it was given', () => {
      expect(store.name).toBe(path)
      expect(store.dialect).toBe('sqlite')
    })

    // Again, because other programs may hold up the machine; a wait inside SQLite would hold up the loop each time.
    it('waits for a transaction that the application holds open across an await, and never blocks the loop', {
      retry: 5,
    }, async () => {
      application.exec("BEGIN IMMEDIATE; INSERT INTO book (title) VALUES ('Momo')")
      const write = store.write(() => exec(insertListening('a')))
      const alone = insertListening('b').execute()
      const lag = await longestLagDuring(1000)
      application.exec('COMMIT')
      await Promise.all([write, alone])

      expect(lag).toBeLessThan(50)
      expect(events()).toEqual(['a', 'b'])
    })

    it('gives up when its patience ends, and names the database and the option', async () => {
      const impatient = sqlite(application, { patienceMs: 60 })
      onTestFinished(() => impatient.close())
      await impatient.open()
      application.exec('BEGIN IMMEDIATE')
      const work = vi.fn(() => exec(insertListening('never')))
      const error = await impatient.write(work).catch((thrown: unknown) => thrown)
      application.exec('ROLLBACK')

      expect(error).toMatchObject({ code: 'database_busy', status: 503 })
      expect(String(error)).toContain(path)
      expect(String(error)).toContain('patienceMs')
      expect(work).not.toHaveBeenCalled()
      await impatient.write(() => exec(insertListening('then')))
      expect(events()).toEqual(['then'])
    })

    it('runs its work anew, from a clean state, when it meets a lock half-way', async () => {
      let runs = 0
      await store.write(function* () {
        runs += 1
        yield* exec(insertListening('once'))
        if (runs === 1)
          throw Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY', errcode: 5 })
      })
      expect(runs).toBe(2)
      expect(events()).toEqual(['once'])
    })

    it('reads while the application writes, and what was committed before', async () => {
      await store.write(() => exec(insertListening('seen')))
      application.exec("BEGIN IMMEDIATE; INSERT INTO hookwright_listening VALUES ('unseen')")
      const found = await store.read(() => rows(store.db.selectFrom('listening').selectAll()))
      application.exec('ROLLBACK')
      expect(found).toEqual([{ event: 'seen' }])
    })

    it('keeps a process alive for as long as its write waits, and no longer', async () => {
      application.exec('BEGIN IMMEDIATE')
      const child = startChild(
        `
        import { sqlite } from 'hookwright/sqlite'
        ${openDatabase[library]}
        const store = sqlite(database)
        const write = store.db.insertInto('listening').values({ event: 'late' }).execute()
        process.send('waiting')
        await write
        store.watch(() => {})
        `,
        [path],
      )
      await new Promise((resolve) => child.process.once('message', resolve))
      await sleep(200)
      application.exec('COMMIT')
      expect(await child.done).toMatchObject({ code: 0, stderr: '' })
      expect(events()).toEqual(['late'])
    })

    it('closes only after a write that waits for the lock has been done', async () => {
      application.exec('BEGIN IMMEDIATE')
      const write = store.write(() => exec(insertListening('waited')))
      const closing = store.close()
      await sleep(20)
      application.exec('COMMIT')
      await closing
      await expect(write).resolves.toBe(1)
      expect(events()).toEqual(['waited'])
    })

    it('is not watched before it is open, and not when it was closed while it opened', async () => {
      const fresh = sqlite(application)
      expect(() => fresh.watch(() => {})).toThrow('open()')
      const opening = fresh.open()
      await fresh.close()
      await opening
      expect(() => fresh.watch(() => {})).toThrow('open()')
    })

    describe('durability', () => {
      function* synchronous(): Work<number | undefined> {
        const row = yield* first<{ synchronous: number }>(CompiledQuery.raw('PRAGMA synchronous'))
        return row?.synchronous
      }
      const [NORMAL, FULL] = [1, 2]

      it('waits for the disk at each commit, unless told that it need not', async () => {
        expect(await store.write(synchronous)).toBe(FULL)
        expect(await store.write(synchronous, { durable: false })).toBe(NORMAL)
        expect(await store.write(synchronous)).toBe(FULL)
      })

      it('waits for the disk again when a query runs by itself', async () => {
        await store.write(synchronous, { durable: false })
        await insertListening('alone').execute()
        expect(await store.read(synchronous)).toBe(FULL)
      })

      it('knows after it was opened anew what its new connection does', async () => {
        await store.write(synchronous, { durable: false })
        await store.close()
        expect(await store.read(synchronous)).toBe(FULL)
        expect(await store.write(synchronous, { durable: false })).toBe(NORMAL)
      })
    })

    it('writes nothing while idle, though it watches', async () => {
      onTestFinished(store.watch(() => {}).end)
      await store.migrate()
      const state = () => [
        ...[path, `${path}-wal`].map((file) => statSync(file, { bigint: true }).mtimeNs),
        application.prepare('PRAGMA data_version').all(),
      ]
      const before = state()
      await store.migrate()
      await store.read(() => rows(store.db.selectFrom('event').selectAll()))
      await sleep(300)
      expect(state()).toEqual(before)
    })

    it('survives columns that come and tables that are rebuilt under its prepared statements', async () => {
      const books = () => store.read(() => rows(CompiledQuery.raw('SELECT * FROM book')))
      application.exec("INSERT INTO book VALUES (1, 'Momo')")
      expect(await books()).toEqual([{ id: 1, title: 'Momo' }])
      application.exec('ALTER TABLE book ADD COLUMN pages INTEGER DEFAULT 9007199254740993')
      expect(await books()).toEqual([{ id: 1, title: 'Momo', pages: 9007199254740993n }])
    })
  })
}

/** How late the timers of the process came, at most, in milliseconds. */
async function longestLagDuring(ms: number): Promise<number> {
  const end = performance.now() + ms
  let longest = 0
  for (let last = performance.now(); last < end; ) {
    await sleep(5)
    const now = performance.now()
    longest = Math.max(longest, now - last - 5)
    last = now
  }
  return longest
}
