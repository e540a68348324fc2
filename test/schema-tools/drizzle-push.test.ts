import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startBookstore } from '../support/bookstore.ts'
import { temporaryDatabase } from '../support/database.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { Application } from './application.ts'
import { DrizzleProject, IGNORE_OURS } from './drizzle-kit.ts'

/** The running dispatcher looks every second; the rest is for busy machines. */
const NEXT_CHECK_MS = 2_000

async function startAll() {
  const { path, remove } = temporaryDatabase()
  onTestFinished(remove)
  const project = new DrizzleProject(path)
  await project.push()
  const application = new Application(path)
  onTestFinished(() => application.close())
  const receiver = await startReceiver((response) => void response.end())
  onTestFinished(receiver.close)
  const start = async () => {
    const bookstore = startBookstore(path)
    onTestFinished(() => bookstore.kill('SIGKILL'))
    bookstore.tell({ do: 'start' })
    await bookstore.reported('start')
    return bookstore
  }
  const subscribe = async (bookstore: Awaited<ReturnType<typeof start>>) => {
    bookstore.tell({ do: 'subscribe', target: receiver.target })
    await bookstore.reported('subscribe')
  }
  const bookstore = await start()
  await subscribe(bookstore)
  return { path, project, application, receiver, bookstore, start, subscribe }
}

function arrivalOf(receiver: Receiver, title: string) {
  return vi.waitFor(
    () => {
      const arrival = receiver.arrivals.find(({ book }) => book.title === title)
      expect(arrival).toBeDefined()
      return arrival
    },
    { timeout: 10_000 },
  )
}

describe('drizzle-kit push --force', () => {
  it("drops nothing of ours with the README's filter", async () => {
    const { project, application, receiver, bookstore } = await startAll()
    const before = application.ours()
    await project.push({ tablesFilter: IGNORE_OURS, columns: "pages: integer('pages')," })
    expect(application.ours()).toEqual(before)
    expect(before).toContain('trigger hookwright_book_created')
    application.addBook('The Two Towers')
    await arrivalOf(receiver, 'The Two Towers')
    expect(bookstore.log.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('is survived without the filter while the dispatcher runs', async () => {
    const { project, application, receiver, bookstore, subscribe } = await startAll()
    const before = application.ours()
    application.startAdding()
    await project.push()
    await vi.waitFor(() => expect(application.ours()).toEqual(before), { timeout: 10_000, interval: 5 })
    const { added, failures } = application
    await vi.waitFor(() => expect(application.added).toBeGreaterThan(added + 20), { timeout: 10_000 })

    console.log(
      `the application's writes failed for ${Math.round(application.brokenFor)} ms (${failures.length} times)`,
    )
    expect(application.brokenFor).toBeLessThan(NEXT_CHECK_MS)
    expect(failures.filter(({ message }) => !message.includes('no such table: main.hookwright_'))).toEqual([])
    expect(bookstore.log).toContainEqual({
      level: 'error',
      message: expect.stringMatching(/tables were dropped.*ignore tables that begin with hookwright_/s),
      fields: expect.stringContaining('hookwright_book_created'),
    })
    expect(bookstore.log).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'the capture triggers were repaired' }),
    )
    expect(application.hookColumns()).toContain('isActive')
    await subscribe(bookstore)
    application.addBook('The Two Towers')
    await arrivalOf(receiver, 'The Two Towers')
  })

  it('is survived without the filter while the application is down', async () => {
    const { project, application, receiver, bookstore, start, subscribe } = await startAll()
    const before = application.ours()
    bookstore.kill('SIGKILL')
    await bookstore.ended
    await project.push()
    expect(application.ours().filter((thing) => thing.startsWith('table'))).toEqual([])

    const restarted = await start()
    expect(application.ours()).toEqual(before)
    expect(application.hookColumns()).toContain('isActive')
    application.addBook('Nobody listens')
    await subscribe(restarted)
    application.addBook('The Two Towers')
    await arrivalOf(receiver, 'The Two Towers')
    expect(receiver.arrivals).toHaveLength(1)
  })
})

describe("a connection that does nothing but add books, when hookwright's tables were dropped and are back", () => {
  it('works again after it has run any other statement: SQLite notices a new schema only then', async () => {
    const { application, path } = await startAll()
    const inserting = new Application(path)
    onTestFinished(() => inserting.close())
    const insert = () => inserting.database.exec("INSERT INTO book (title, user_id) VALUES ('Dune', 1)")
    insert()
    const before = application.ours()
    for (const [kind, name] of before.map((thing) => thing.split(' '))) {
      if (kind === 'table') application.database.exec(`DROP TABLE ${name}`)
    }
    expect(insert).toThrow('no such table: main.hookwright_event')
    await vi.waitFor(() => expect(application.ours()).toEqual(before), { timeout: 10_000, interval: 5 })
    expect(insert).toThrow('no such table: main.hookwright_event')
    inserting.database.prepare('SELECT 1 FROM book').get()
    insert()
  })
})

describe('a table that is rebuilt by copying, as ALTER is done by most tools', () => {
  it('gets its triggers back within about a second, and its new column is in the events', async () => {
    const { application, receiver, bookstore } = await startAll()
    const before = application.ours()
    application.database.exec(`BEGIN IMMEDIATE;
      CREATE TABLE book_new (id INTEGER PRIMARY KEY, title TEXT NOT NULL, user_id INTEGER, pages INTEGER DEFAULT 327);
      INSERT INTO book_new (id, title, user_id) SELECT id, title, user_id FROM book;
      DROP TABLE book;
      ALTER TABLE book_new RENAME TO book;
      COMMIT`)
    const rebuiltAt = performance.now()
    expect(application.ours()).not.toContain('trigger hookwright_book_created')
    await vi.waitFor(() => expect(application.ours()).toEqual(before), { timeout: 10_000, interval: 5 })
    const repairedAfter = performance.now() - rebuiltAt
    console.log(`the triggers were back after ${Math.round(repairedAfter)} ms`)
    expect(repairedAfter).toBeLessThan(NEXT_CHECK_MS)
    application.addBook('The Two Towers')
    expect((await arrivalOf(receiver, 'The Two Towers'))?.book).toMatchObject({ user_id: 1, pages: 327 })
    expect(bookstore.log).toContainEqual({
      level: 'warn',
      message: 'the capture triggers were repaired',
      fields: expect.stringContaining('hookwright_book_created'),
    })
  })
})
