import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { max } from 'drizzle-orm'
import { databasePath, db } from './database.ts'
import { endDemo, startDemo } from './demo.ts'
import { hooks } from './hooks.ts'
import { Receiver } from './receiver.ts'
import { books } from './schema.ts'
import { bookstoreServer } from './server.ts'
import { arrivalText, refusalText, welcome } from './terminal.ts'

const HOST = '127.0.0.1'

const receiver = new Receiver()
receiver.on('arrival', (arrival) => console.log(arrivalText(arrival)))
receiver.on('refused', (reason) => console.log(refusalText(reason)))
const server = bookstoreServer(receiver)

async function open(): Promise<void> {
  const port = portOf(process.env.PORT ?? '3000')
  await hooks.migrate()
  await once(server.listen(port, HOST), 'listening')
  const url = `http://${HOST}:${(server.address() as AddressInfo).port}`
  await startDemo(url)
  console.log(welcome(url, databasePath, nextBook()))
  // Last, because what was not delivered when the bookstore was closed comes at once.
  await hooks.start()
}

function portOf(text: string): number {
  const port = Number(text)
  if (text !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new Error(`PORT must be a number from 0 to 65535, not ${JSON.stringify(text)}.`)
}

/** The id that the next book will have, so that the lines to paste fit. */
function nextBook(): number {
  const [newest] = db
    .select({ id: max(books.id) })
    .from(books)
    .all()
  return (newest?.id ?? 0) + 1
}

/** Attempts under way are finished; what is not delivered then waits in the database for the next start. */
async function close(): Promise<void> {
  endDemo()
  await hooks.close()
  server.close()
  server.closeAllConnections()
  db.$client.close()
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    console.log('The bookstore closes.')
    close().catch((error: unknown) => {
      console.error(error)
      process.exitCode = 1
    })
  })
}

open().catch(async (error: NodeJS.ErrnoException) => {
  console.error(
    error.code === 'EADDRINUSE'
      ? `Port ${process.env.PORT ?? 3000} is taken. Stop what listens there, or choose another one: PORT=3001 npm start`
      : error.message,
  )
  process.exitCode = 1
  await close()
})
