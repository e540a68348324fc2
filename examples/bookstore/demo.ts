import type { IncomingMessage, ServerResponse } from 'node:http'
import { eq } from 'drizzle-orm'
import { db } from './database.ts'
import { hooks } from './hooks.ts'
import { HttpError } from './http.ts'
import { books, users } from './schema.ts'

/**
 * The shop of carol, where something happens all the time, so that the dashboard has something to show: three hooks, of which
 * one keeps up, one needs a second attempt now and then, and one leads to a receiver that is broken.
 */
const CAROL = 3
const EVERY_MS = 4_000

const SHELF: readonly [title: string, pages: number, fiction: boolean][] = [
  ['The Left Hand of Darkness', 304, true],
  ['A Wizard of Earthsea', 183, true],
  ['The Name of the Rose', 536, true],
  ['Structure and Interpretation of Computer Programs', 657, false],
  ['The Periodic Table', 233, false],
  ['Invisible Cities', 165, true],
  ['The Master and Margarita', 335, true],
  ['Silent Spring', 368, false],
]

let timer: NodeJS.Timeout | undefined

/** Subscribes carol, the first time, and lets something happen every few seconds from now on. */
export async function startDemo(url: string): Promise<void> {
  const existing = await hooks.list({ owner: CAROL })
  if (existing.length === 0) await openShop(url)
  // The bookstore may have had another port the last time.
  for (const { id, target } of existing) {
    const { pathname } = new URL(target)
    const moved = `${url}${pathname}`
    if (pathname.startsWith('/demo/') && moved !== target) await hooks.update(id, { target: moved })
  }
  timer = setInterval(() => {
    readOn().catch((error: unknown) => console.error(error))
  }, EVERY_MS)
}

export function endDemo(): void {
  clearInterval(timer)
}

async function openShop(url: string): Promise<void> {
  const subscribed = [
    { target: `${url}/demo/warehouse`, events: ['book.added', 'book.changed', 'book.finished'] },
    { target: `${url}/demo/newsletter`, events: ['book.added', 'user.logged_in'] },
    { target: `${url}/demo/analytics`, events: ['book.read', 'book.finished'] },
  ] as const
  for (const hook of subscribed) await hooks.create({ owner: CAROL, ...hook })
  db.insert(books)
    .values(SHELF.map(([title, pages, fiction]) => ({ userId: CAROL, title, pages, fiction })))
    .run()
}

/** Somebody in carol's shop reads on in a book, and begins it again once it is finished. */
async function readOn(): Promise<void> {
  const shelf = db.select().from(books).where(eq(books.userId, CAROL)).all()
  const book = shelf[Math.floor(Math.random() * shelf.length)]
  if (book === undefined) return
  const readPages = book.readPages === book.pages ? 0 : Math.min(book.pages, book.readPages + 120)
  db.update(books).set({ readPages }).where(eq(books.id, book.id)).run()
  await hooks.trigger('Book.read', book.id)
  if (readPages !== 0) return
  const lastLogin = new Date().toISOString()
  db.update(users).set({ lastLogin }).where(eq(users.id, CAROL)).run()
  await hooks.send('user.logged_in', { username: 'carol' }, { owner: CAROL })
}

/** The deliveries that the newsletter has refused once: it takes them when they come again. */
const refused = new Set<string>()
let arrived = 0

/** The receivers of carol's hooks. */
export function answerDemo(request: IncomingMessage, response: ServerResponse, path: string): void {
  if (request.method !== 'POST') throw new HttpError(405, 'A receiver takes POST.')
  request.resume()
  const id = String(request.headers['webhook-id'])
  switch (path) {
    case '/demo/warehouse':
      response.writeHead(202, { 'content-type': 'application/json' }).end('{"queued": true}')
      return
    case '/demo/newsletter':
      // Every fourth delivery comes at a bad moment.
      if (!refused.delete(id) && ++arrived % 4 === 0) {
        refused.add(id)
        response
          .writeHead(503, { 'content-type': 'text/plain', 'retry-after': '3' })
          .end('Sending the newsletter.')
      } else response.writeHead(204).end()
      return
    case '/demo/analytics':
      response
        .writeHead(500, { 'content-type': 'text/html' })
        .end(
          '<!doctype html><title>Error</title><h1>Table “visits” is full</h1><script>alert("never run")</script>',
        )
      return
    default:
      throw new HttpError(404, 'There is no such receiver.')
  }
}
