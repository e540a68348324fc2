import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { problem } from '../../core/errors.ts'

/**
 * The file that a path or a `file:` URL names, absolute and without symbolic links: so two ways to write one database are
 * one, and the -wal file is found, which lies beside the real file.
 *
 * @throws `database_invalid` for a database in memory, which no second connection can reach
 */
export function databaseFile(database: string | URL): string {
  const path = database instanceof URL ? fromUrl(database) : fromText(database)
  if (path === '' || path === ':memory:') throw inMemory(database)
  return withoutLinks(resolve(path))
}

function fromUrl(url: URL): string {
  try {
    return fileURLToPath(url)
  } catch (cause) {
    throw problem('database_invalid', {
      field: 'database',
      value: url.protocol,
      problem: 'sqlite() can open only URLs of files',
      cure: "For example new URL('app.db', import.meta.url)",
      cause,
    })
  }
}

/** `file:` as SQLite itself reads it, which also allows relative paths (https://www.sqlite.org/uri.html). */
function fromText(text: string): string {
  const [, path, query = ''] = /^file:(?:\/\/(?:localhost)?(?=\/))?([^?#]*)(?:\?([^#]*))?/i.exec(text) ?? []
  if (path === undefined) return text
  if (new URLSearchParams(query).get('mode') === 'memory') throw inMemory(text)
  // file:///C:/app.db
  return decodeURIComponent(process.platform === 'win32' ? path.replace(/^\/(?=[a-z]:)/i, '') : path)
}

function withoutLinks(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // The file comes into being when it is opened. Where its folder is missing too, opening says so.
    const folder = dirname(path)
    return folder === path ? path : join(withoutLinks(folder), basename(path))
  }
}

function inMemory(database: string | URL): Error {
  return problem('database_invalid', {
    field: 'database',
    value: database,
    problem: 'a database in memory or without a name has one connection, and hookwright needs one of its own',
    cure: 'Give the path of a file; in tests, one in a temporary folder',
  })
}
