import { createHooks } from 'hookwright'
import { sqlite } from 'hookwright/sqlite'
import { db } from './database.ts'
import type { BookRow } from './schema.ts'
import { isAdministrator, userOf, userOfCookie } from './users.ts'

export const hooks = createHooks({
  // The bookstore's own better-sqlite3 Database: hookwright opens a second connection through the same library.
  database: sqlite(db.$client),
  models: {
    Book: {
      table: 'book',
      owner: 'user_id',
      serialize: (book: BookRow) => ({ title: book.title, pages: book.pages, fiction: book.fiction === 1 }),
    },
  },
  events: {
    'book.added': 'Book.created',
    'book.changed': 'Book.updated+', // + : the hooks of every owner hear of it
    'book.removed': 'Book.deleted',
    'book.read': 'Book.read', // an action of the bookstore's own
    'book.finished': {
      on: 'Book.updated',
      when: (book, before) => book.read_pages === book.pages && before.read_pages !== book.pages,
    },
    'user.logged_in': null, // an event of no model
  },
  // Programs send a token, the dashboard goes by the cookie of whoever has signed in.
  authenticate: ({ headers }) => {
    const user = userOf(headers.get('authorization')) ?? userOfCookie(headers.get('cookie'))
    return user && { owner: user.id, admin: isAdministrator(user) }
  },
  // Everybody may read what the API can do.
  docs: 'public',
  // The bookstore's receiver is on this machine. Without this line, no hook may lead here.
  allow: ['127.0.0.1/32'],
})
