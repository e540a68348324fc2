import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'
import { createHooks, type DispatchOptions, type HookOptions } from '../../src/index.ts'
import { sqlite } from '../../src/store/sqlite/index.ts'
import { recordingLogger } from '../conformance/application.ts'
import { temporaryDatabase } from '../support/database.ts'
import { seamsOf } from '../support/seams.ts'
import { type Sink, startSink } from './sink.ts'

export interface BookstoreOptions {
  dispatch?: DispatchOptions
  patienceMs?: number
  /** Another copy of the module. */
  create?: typeof createHooks
  path?: string
  hook?: HookOptions<Record<never, never>>
}

/** A bookstore on a real file, whose hook leads to a real receiver, until the test ends. Its dispatcher is not started. */
export async function openBookstore({
  dispatch = {},
  patienceMs = 30_000,
  create = createHooks,
  path,
  hook = {},
}: BookstoreOptions = {}) {
  const temporary = path === undefined ? temporaryDatabase() : { path, remove: () => {} }
  onTestFinished(temporary.remove)
  const app = new DatabaseSync(temporary.path)
  app.exec('CREATE TABLE IF NOT EXISTS book (id INTEGER PRIMARY KEY, title, user_id INTEGER)')
  const { logger, log } = recordingLogger()
  const hooks = create({
    database: sqlite(app, { patienceMs }),
    allow: ['127.0.0.1/32'],
    models: { Book: { table: 'book', owner: 'user_id' } },
    events: { 'book.added': 'Book.created', 'user.logged_in': null },
    dispatch,
    hook,
    logger,
  })
  onTestFinished(async () => {
    await hooks.close()
    app.close()
  })
  await hooks.migrate()
  const { dispatcher } = seamsOf(hooks)

  async function listen(sink?: Sink): Promise<Sink> {
    const listening = sink ?? (await startSink())
    await hooks.create({ owner: 1, events: ['book.added', 'user.logged_in'], target: listening.url })
    return listening
  }
  return { path: temporary.path, app, hooks, log, dispatcher, listen }
}
