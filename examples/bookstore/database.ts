import { join } from 'node:path'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import * as schema from './schema.ts'

/** The file that everything is kept in. */
export const databasePath = process.env.BOOKSTORE_DB ?? join(import.meta.dirname, 'bookstore.db')

export const db = drizzle(new Database(databasePath), { schema })

// An application of some size would have drizzle-kit do this.
db.$client.exec(`
  CREATE TABLE IF NOT EXISTS user (
    id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE, last_login TEXT
  );
  CREATE TABLE IF NOT EXISTS book (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES user (id), title TEXT NOT NULL,
    pages INTEGER NOT NULL, read_pages INTEGER NOT NULL DEFAULT 0, fiction INTEGER NOT NULL
  );
  INSERT INTO user (id, username) VALUES (1, 'alice'), (2, 'bob'), (3, 'carol'), (4, 'admin') ON CONFLICT DO NOTHING;
`)
