/** The application that the documentation's snippets live in. Its database is `bookstore.db` in the working directory. */
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const users = sqliteTable('user', {
  id: integer().primaryKey(),
  username: text().notNull(),
  lastLogin: text('last_login'),
})

export const books = sqliteTable('book', {
  id: integer().primaryKey(),
  userId: integer('user_id').notNull(),
  title: text().notNull(),
  pages: integer().notNull(),
  fiction: integer({ mode: 'boolean' }).notNull(),
})

export interface BookRow {
  id: number
  user_id: number
  title: string
  pages: number
  fiction: 0 | 1
}

export const db = drizzle(new Database('bookstore.db'))

db.$client.exec(`
  CREATE TABLE IF NOT EXISTS user (id INTEGER PRIMARY KEY, username TEXT NOT NULL, last_login TEXT);
  CREATE TABLE IF NOT EXISTS book (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, title TEXT NOT NULL, pages INTEGER NOT NULL, fiction INTEGER NOT NULL
  );
  INSERT OR IGNORE INTO user (id, username) VALUES (1, 'alice');
`)
