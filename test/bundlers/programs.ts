/**
 * What both kinds of application do after they have got `createHooks` and `sqlite`: a receiver, a hook, a book, and its
 * delivery printed as JSON. They end by themselves, or the test that runs them fails.
 */
const DELIVER_ONE = `
const { createServer } = require('node:http')
const { DatabaseSync } = require('node:sqlite')

async function deliverOne({ createHooks, silentLogger }, { sqlite }) {
  const database = new DatabaseSync('app.db')
  database.exec('CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT, user_id INTEGER)')
  const hooks = createHooks({
    database: sqlite('app.db'),
    models: { Book: { table: 'book', owner: 'user_id' } },
    events: { 'book.added': 'Book.created' },
    allow: ['127.0.0.1/32'],
    logger: silentLogger,
  })
  await hooks.migrate()
  await hooks.start()
  const arrived = new Promise((resolve) => {
    const server = createServer(async (request, response) => {
      const body = await new Response(request).text()
      response.end()
      server.close()
      resolve({ body, signature: request.headers['webhook-signature'] })
    })
    server.listen(0, '127.0.0.1', () => {
      const target = 'http://127.0.0.1:' + server.address().port + '/books'
      hooks.create({ owner: 1, event: 'book.added', target }).then(() => {
        database.exec("INSERT INTO book (title, user_id) VALUES ('The Two Towers', 1)")
      })
    })
  })
  console.log(JSON.stringify(await arrived))
  await hooks.close()
}
`

/** A CommonJS application. */
export const commonJs = `${DELIVER_ONE}
deliverOne(require('hookwright'), require('hookwright/sqlite'))
`

/** An application of ES modules. */
export const esm = `import { createRequire } from 'node:module'
import * as main from 'hookwright'
import * as store from 'hookwright/sqlite'
const require = createRequire(import.meta.url)
${DELIVER_ONE}
await deliverOne(main, store)
`

/** Imports all of it, makes hooks, and does nothing with them; then it prints what is open. */
export function importing(specifiers: readonly string[]): string {
  return `${specifiers.map((specifier, index) => `import * as m${index} from '${specifier}'`).join('\n')}
import { createHooks } from 'hookwright'
import { sqlite } from 'hookwright/sqlite'
createHooks({
  database: sqlite('app.db'),
  models: { Book: { table: 'book', owner: 'user_id' } },
  events: { 'book.added': 'Book.created' },
})
const open = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap')
console.log(JSON.stringify({ open, sqlite: process.moduleLoadList.includes('NativeModule sqlite') }))
`
}

/** One copy of the package, bundled with an application whose deliveries bear its name. */
export const copy = `import { createHooks, silentLogger } from 'hookwright'
import { sqlite } from 'hookwright/sqlite'
export function createCopy(name, logger) {
  return createHooks({
    database: sqlite('app.db'),
    models: { Book: { table: 'book', owner: 'user_id' } },
    events: { 'book.added': 'Book.created' },
    allow: ['127.0.0.1/32'],
    hook: { payload: (hook, event) => ({ copy: name, title: event.data.title }) },
    logger: { ...silentLogger, info: (fields, message) => logger(name + ': ' + message) },
  })
}
`

/** Loads two copies, starts one after the other, and prints which of them delivered each book. */
export const twoCopies = `import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { createCopy as createFirst } from './first.js'
import { createCopy as createSecond } from './second.js'

const database = new DatabaseSync('app.db')
database.exec('CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT, user_id INTEGER)')
const log = []
const first = createFirst('first', (line) => log.push(line))
const second = createSecond('second', (line) => log.push(line))
const arrivals = []
let wanted
const server = createServer(async (request, response) => {
  arrivals.push(JSON.parse(await new Response(request).text()).copy)
  response.end()
  if (arrivals.length === wanted.count) wanted.resolve(arrivals.splice(0))
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

function addBooks(count) {
  return new Promise((resolve) => {
    wanted = { count, resolve }
    for (let book = 0; book < count; book += 1) {
      database.exec("INSERT INTO book (title, user_id) VALUES ('Book', 1)")
    }
  })
}

await first.migrate()
const target = 'http://127.0.0.1:' + server.address().port + '/books'
await first.create({ owner: 1, event: 'book.added', target })
await first.start()
const before = await addBooks(20)
await second.start()
const after = await addBooks(50)
await first.stop()
const afterStop = await addBooks(50)
await second.close()
await first.close()
server.close()
console.log(JSON.stringify({ before, after, afterStop, log, same: createFirst === createSecond }))
`
