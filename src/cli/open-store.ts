import type { Store } from '../store/store.ts'
import { UsageError } from './command.ts'

/**
 * The database that `--database` names: `postgres://…`, `sqlite:<path>`, or a path that ends like that of a database, so that
 * a slip of the keyboard does not make a file.
 *
 * @throws UsageError, and `database_invalid`
 */
export async function openStore(url: string): Promise<Store> {
  if (/^postgres(ql)?:\/\//.test(url)) {
    const { postgres } = await import('../store/postgres/index.ts')
    return postgres(url)
  }
  const path = /^sqlite:(?:\/\/)?(.+)$/.exec(url)?.[1]
  const { sqlite } = await import('../store/sqlite/index.ts')
  if (path !== undefined) return sqlite(path)
  if (/^file:/.test(url) || (/\.(db|db3|sqlite|sqlite3)$/.test(url) && !/^[a-z][a-z0-9+.-]+:/i.test(url)))
    return sqlite(url)
  // It may hold a password, and is not shown.
  throw new UsageError(
    '--database: it must be postgres://…, sqlite:<path>, or a path that ends with .db or .sqlite.',
  )
}
