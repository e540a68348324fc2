import { problem } from '../../core/errors.ts'
import type { SqliteLibrary } from './handles.ts'

/**
 * The SQLite libraries loaded into this process. POSIX locks belong to the process: two libraries do not see each other's,
 * and corrupt a file that both write (https://www.sqlite.org/howtocorrupt.html, section 2.2.1).
 */
export function loadedSqliteLibraries(): string[] {
  const builtIn = moduleLoadList().includes('NativeModule sqlite') ? ['node:sqlite'] : []
  return [...builtIn, ...sqliteAddons(sharedObjects())]
}

/** Node lists the parts of itself that this thread has loaded; undocumented, so its absence is no error. */
function moduleLoadList(): string[] {
  const { moduleLoadList: list } = process as unknown as { moduleLoadList?: string[] }
  return list ?? []
}

/** Everything that the process has linked or loaded, by path, whichever thread did it. */
function sharedObjects(): string[] {
  const report = process.report as typeof process.report & { excludeNetwork: boolean }
  const { excludeNetwork } = report
  // A report looks up the name of every connected address, and waits for each: 100 sockets took 15 s without a name server.
  report.excludeNetwork = true
  try {
    return (report.getReport() as unknown as { sharedObjects?: string[] }).sharedObjects ?? []
  } finally {
    report.excludeNetwork = excludeNetwork
  }
}

/**
 * Those of the shared objects that are Node addons with SQLite inside: better-sqlite3 and its forks, libsql, sqlite3. The
 * project's own folder may be called anything, so only the name of the package and what follows it counts, or the name of
 * the file where a bundler put the addon elsewhere.
 */
export function sqliteAddons(paths: readonly string[]): string[] {
  const addons = paths.filter((path) => {
    const [, inPackage] = /.*[/\\]node_modules[/\\](.*)/.exec(path) ?? []
    const telling = inPackage ?? path.split(/[/\\]/).at(-1) ?? ''
    return path.endsWith('.node') && /sqlite|libsql/i.test(telling)
  })
  return [...new Set(addons)]
}

/**
 * Refuses to go on where a second SQLite library is loaded beside the one that hookwright uses.
 *
 * @throws `sqlite_libraries`, which names both and says what to do
 */
export function refuseSecondLibrary(
  ours: SqliteLibrary,
  path: string,
  loaded = loadedSqliteLibraries(),
): void {
  const others =
    ours === 'node:sqlite' ? loaded.filter((name) => name !== 'node:sqlite') : besideBetterSqlite3(loaded)
  if (others.length === 0) return
  throw problem('sqlite_libraries', {
    field: 'database',
    problem: `hookwright runs ${path} through ${ours}, and this process has ${others.join(' and ')} loaded as well; two SQLite libraries in one process do not see each other's locks and corrupt the file`,
    cure:
      ours === 'node:sqlite'
        ? "Give hookwright the application's own better-sqlite3 Database, sqlite(database), so that both sides use one library; or run hookwright's dispatcher in a process of its own"
        : `Use ${ours} alone in this process; or run hookwright's dispatcher in a process of its own`,
  })
}

/** One of the addons is the better-sqlite3 that we use; node:sqlite, or any further addon, is one too many. */
function besideBetterSqlite3(loaded: readonly string[]): string[] {
  const addons = loaded.filter((name) => name !== 'node:sqlite')
  const ours = addons.find((path) => /better.sqlite3/i.test(path)) ?? addons[0]
  return loaded.filter((name) => name !== ours)
}
