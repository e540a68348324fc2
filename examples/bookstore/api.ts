import type { IncomingMessage, ServerResponse } from 'node:http'
import { and, asc, eq } from 'drizzle-orm'
import { drizzle } from 'hookwright/tx'
import { bookChanges, newBook } from './book-input.ts'
import { db } from './database.ts'
import { hooks } from './hooks.ts'
import { HttpError, readObject, sendJson } from './http.ts'
import { books, users } from './schema.ts'
import { userNamed, userOf } from './users.ts'

/** The bookstore's own API, like that of every application. hookwright appears in two places: `trigger` and `send`. */
export async function api(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  if (path === '/api/login') return await logIn(request, response)

  const user = userOf(request.headers.authorization)
  if (user === undefined) throw new HttpError(401, 'Say who you are: Authorization: Bearer alice')

  if (path === '/api/books') {
    if (request.method === 'GET') {
      const own = db.select().from(books).where(eq(books.userId, user.id)).orderBy(asc(books.id)).all()
      return sendJson(response, 200, own)
    }
    if (request.method === 'POST') {
      // Nothing is told to hookwright: the trigger on the table has seen the row when this commits.
      const values = { ...newBook(await readObject(request)), userId: user.id }
      return sendJson(response, 201, db.insert(books).values(values).returning().get())
    }
    throw new HttpError(405, 'Books can be listed (GET) and added (POST) here.')
  }

  const [, id, action] = /^\/api\/books\/(\d{1,15})(\/read)?$/.exec(path) ?? []
  if (id === undefined) throw new HttpError(404, 'There is nothing at this address.')
  const thisBook = and(eq(books.id, Number(id)), eq(books.userId, user.id))
  const book = db.select().from(books).where(thisBook).get()
  if (book === undefined) throw new HttpError(404, `You have no book ${id}.`)

  if (action === '/read') {
    if (request.method !== 'POST') throw new HttpError(405, 'A book is read with POST.')
    await hooks.trigger('Book.read', book.id)
    return sendJson(response, 200, book)
  }
  switch (request.method) {
    case 'GET':
      return sendJson(response, 200, book)
    case 'PATCH': {
      const changes = bookChanges(await readObject(request))
      return sendJson(response, 200, db.update(books).set(changes).where(thisBook).returning().get())
    }
    case 'DELETE':
      db.delete(books).where(thisBook).run()
      response.writeHead(204).end()
      return
    default:
      throw new HttpError(405, 'A book can be read (GET), changed (PATCH) and deleted (DELETE).')
  }
}

/** One transaction: the login is written down and told, or neither. */
async function logIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') throw new HttpError(405, 'Log in with POST.')
  const { username } = await readObject(request)
  const user = typeof username === 'string' ? userNamed(username) : undefined
  if (user === undefined) throw new HttpError(401, 'There are the users alice, bob, carol and admin.')

  db.transaction(
    (tx) => {
      tx.update(users).set({ lastLogin: new Date().toISOString() }).where(eq(users.id, user.id)).run()
      void hooks.send('user.logged_in', { username }, { owner: user.id, tx: drizzle(tx) })
    },
    { behavior: 'immediate' },
  )
  sendJson(response, 200, { token: user.username })
}
