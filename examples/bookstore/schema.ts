import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const users = sqliteTable('user', {
  id: integer().primaryKey(),
  username: text().notNull().unique(),
  lastLogin: text('last_login'),
})

export const books = sqliteTable('book', {
  id: integer().primaryKey(),
  userId: integer('user_id')
    .notNull()
    .references(() => users.id),
  title: text().notNull(),
  pages: integer().notNull(),
  readPages: integer('read_pages').notNull().default(0),
  fiction: integer({ mode: 'boolean' }).notNull(),
})

/** A row of `book` as the database has it, which is what hookwright hands out: SQLite keeps a boolean as 0 or 1. */
export interface BookRow {
  id: number
  user_id: number
  title: string
  pages: number
  read_pages: number
  fiction: 0 | 1
}
