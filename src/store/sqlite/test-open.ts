import type { SqliteLibrary } from './handles.ts'
import { type SqliteStore, sqlite } from './index.ts'

/** For child processes of tests: a store on a file, through the library that the test wants. */
export async function openStore(library: SqliteLibrary, path: string): Promise<SqliteStore> {
  if (library === 'node:sqlite') return sqlite(path)
  // biome-ignore lint/correctness/noUndeclaredDependencies: only tests import this file
  const { default: Database } = await import('better-sqlite3')
  return sqlite(new Database(path))
}
