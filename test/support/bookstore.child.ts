/**
 * A bookstore in a process of its own. It imports everything at once and then waits for commands, so that a test can have
 * the next one ready before it kills the last. Started by `startBookstore` of bookstore.ts.
 */
import { DatabaseSync } from 'node:sqlite'
import { createHooks, type Logger } from 'hookwright'
import { sqlite } from 'hookwright/sqlite'
import type { BookstoreTimes, Command, Report } from './bookstore.ts'

const [path = '', times = '{}'] = process.argv.slice(1)
const { timeoutMs, leaseMs } = JSON.parse(times) as BookstoreTimes
const database = new DatabaseSync(path, { timeout: 5_000 })
const hooks = createHooks({
  database: sqlite(database),
  models: { Book: { table: 'book', owner: 'user_id' } },
  events: { 'book.added': 'Book.created' },
  hook: { fields: { isActive: { type: 'boolean', default: true } } },
  allow: ['127.0.0.1/32'],
  dispatch: {
    timeoutMs,
    leaseMs,
    retry: { delaysMs: Array.from({ length: 100 }, () => leaseMs), jitter: 0 },
  },
  logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
})

function log(level: keyof Logger): (fields: object, message: string) => void {
  return (fields, message) => tell({ level, message, fields: JSON.stringify(fields) })
}

function tell(report: Report): void {
  if (process.connected) process.send?.(report)
}

function addBook(title: string, end: 'COMMIT' | 'ROLLBACK'): void {
  database.exec('BEGIN IMMEDIATE')
  database.prepare('INSERT INTO book (title, user_id) VALUES (?, 1)').run(title)
  database.exec(end)
}

async function obey(command: Command): Promise<void> {
  if (command.do === 'start') {
    await hooks.migrate()
    await hooks.start()
  } else if (command.do === 'subscribe') {
    const { id } = await hooks.create({ owner: 1, event: 'book.added', target: command.target })
    const [secret = ''] = await hooks.secrets(id)
    tell({ done: 'subscribe', secret })
    return
  } else {
    addBook(`${command.title}, never published`, 'ROLLBACK')
    addBook(command.title, 'COMMIT')
  }
  tell({ done: command.do })
}

process.on('message', (command: Command) => void obey(command))
process.on('disconnect', () => process.exit())
tell({ done: 'import' })
