import { DatabaseSync } from 'node:sqlite'

/** The application's own connection to the database of a bookstore, in the test's process. */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5_000 })
  database.exec('PRAGMA journal_mode = WAL')
  database.exec(
    'CREATE TABLE IF NOT EXISTS book (id INTEGER PRIMARY KEY, title TEXT NOT NULL, user_id INTEGER)',
  )
  return database
}
