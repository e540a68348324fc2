import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { runChild, temporaryDatabase } from '../../../test/support/database.ts'
import { loadedSqliteLibraries, refuseSecondLibrary, sqliteAddons } from './libraries.ts'

describe('sqliteAddons', () => {
  it.each([
    '/srv/app/node_modules/better-sqlite3/prebuilds/linux-x64.node',
    '/srv/app/node_modules/better-sqlite3/build/Release/better_sqlite3.node',
    '/Users/me/app/node_modules/better-sqlite3-multiple-ciphers/build/Release/better_sqlite3.node',
    '/Users/me/app/node_modules/.pnpm/better-sqlite3@13.2.0/node_modules/better-sqlite3/prebuilds/darwin-arm64.node',
    'C:\\Users\\me\\app\\node_modules\\better-sqlite3\\prebuilds\\win32-x64.node',
    'C:\\app\\node_modules\\sqlite3\\build\\Release\\node_sqlite3.node',
    '/srv/app/node_modules/@libsql/linux-x64-gnu/index.node',
    '/srv/app/dist/better_sqlite3-4f2a.node',
    'C:\\app\\dist\\better_sqlite3.node',
  ])('finds %s', (path) => {
    expect(sqliteAddons(['/lib/x86_64-linux-gnu/libc.so.6', path])).toEqual([path])
  })

  it.each([
    '/home/me/my-sqlite-app/node_modules/canvas/build/Release/canvas.node',
    '/home/me/my-sqlite-app/build/Release/addon.node',
    'C:\\sqlite\\app\\node_modules\\bcrypt\\bcrypt.node',
    'C:\\sqlite\\app\\addon.node',
    '/usr/lib/libsqlite3.so.0',
    '/srv/app/node_modules/better-sqlite3/deps/test_extension.so',
  ])('passes over %s', (path) => {
    expect(sqliteAddons([path])).toEqual([])
  })

  it('counts an addon once', () => {
    const path = '/a/node_modules/better-sqlite3/x.node'
    expect(sqliteAddons([path, path])).toEqual([path])
  })
})

describe('refuseSecondLibrary', () => {
  const better = '/app/node_modules/better-sqlite3/prebuilds/linux-x64.node'
  const libsql = '/app/node_modules/@libsql/linux-x64-gnu/index.node'
  const refusal = (ours: 'node:sqlite' | 'better-sqlite3', loaded: string[]) => {
    try {
      refuseSecondLibrary(ours, '/app/app.db', loaded)
    } catch (error) {
      return error
    }
    return undefined
  }

  it.each([
    ['node:sqlite', []],
    ['node:sqlite', ['node:sqlite']],
    ['better-sqlite3', [better]],
    ['better-sqlite3', []],
  ] as const)('lets %s be, beside %o', (ours, loaded) => {
    expect(refusal(ours, [...loaded])).toBeUndefined()
  })

  it.each([
    ['node:sqlite', [better], better],
    ['node:sqlite', ['node:sqlite', libsql], libsql],
    ['better-sqlite3', ['node:sqlite', better], 'node:sqlite'],
    ['better-sqlite3', [better, libsql], libsql],
    ['better-sqlite3', [libsql, better], libsql],
  ] as const)('refuses %s beside %o, and names the other', (ours, loaded, other) => {
    const error = refusal(ours, [...loaded])
    expect(error).toMatchObject({ code: 'sqlite_libraries', field: 'database' })
    expect(String(error)).toContain(`/app/app.db through ${ours}, and this process has ${other} loaded`)
  })

  it('names two copies of better-sqlite3', () => {
    const copy = '/app/node_modules/orm/node_modules/better-sqlite3/prebuilds/linux-x64.node'
    expect(String(refusal('better-sqlite3', [better, copy]))).toContain(copy)
  })
})

describe('loadedSqliteLibraries', () => {
  it('looks up no names of connected addresses, which may take seconds, and leaves the setting as it was', () => {
    const report = process.report as typeof process.report & { excludeNetwork: boolean }
    const settings: boolean[] = []
    vi.spyOn(report, 'getReport').mockImplementation(() => {
      settings.push(report.excludeNetwork)
      return { sharedObjects: ['/a/node_modules/libsql/x.node'] } as never
    })
    expect(loadedSqliteLibraries()).toContain('/a/node_modules/libsql/x.node')
    expect(settings).toEqual([true])
    expect(report.excludeNetwork).toBe(false)
  })
})

describe('two SQLite libraries in one process', () => {
  function program(text: string): Promise<string> {
    const { path, remove } = temporaryDatabase()
    onTestFinished(remove)
    return runChild(
      `
      import { sqlite } from 'hookwright/sqlite'
      const path = process.argv[1]
      const attempt = async (action) => {
        try {
          await action()
          console.log('fine')
        } catch (error) {
          console.log(error.code + ': ' + error.message)
        }
      }
      ${text}
      `,
      [path],
    )
  }

  it('are refused when a path is opened where better-sqlite3 is loaded: both are named, and the cure', async () => {
    const printed = await program(`
      const { default: Database } = await import('better-sqlite3')
      new Database(':memory:')
      await attempt(() => sqlite(path).open())
      console.log((await import('node:fs')).existsSync(path))
    `)
    expect(printed).toMatch(/^sqlite_libraries: /)
    expect(printed).toContain('through node:sqlite')
    expect(printed).toMatch(/\/better-sqlite3\/.+\.node/)
    expect(printed).toContain('sqlite(database)')
    expect(printed).toContain('a process of its own')
    expect(printed).toMatch(/\nfalse\n$/)
  })

  it('are refused when better-sqlite3 is given where node:sqlite is loaded', async () => {
    const printed = await program(`
      const { default: Database } = await import('better-sqlite3')
      await import('node:sqlite')
      await attempt(() => sqlite(new Database(path)).open())
    `)
    expect(printed).toMatch(
      /^sqlite_libraries: .*through better-sqlite3, and this process has node:sqlite loaded/,
    )
  })

  it('are seen later, when the second comes after the store was opened', async () => {
    const printed = await program(`
      const { default: Database } = await import('better-sqlite3')
      const store = sqlite(path)
      await store.migrate()
      await attempt(() => store.verify())
      new Database(':memory:')
      await attempt(() => store.verify())
    `)
    expect(printed).toMatch(/^fine\nsqlite_libraries: /)
  })

  it('do not arise from better-sqlite3 on both sides: hookwright itself loads no node:sqlite then', async () => {
    const printed = await program(`
      const { default: Database } = await import('better-sqlite3')
      const database = new Database(path)
      await attempt(async () => {
        const store = sqlite(database)
        await store.migrate()
        store.watch(() => {})
        store.verify()
        await store.close()
      })
      console.log(process.moduleLoadList.includes('NativeModule sqlite'))
    `)
    expect(printed).toBe('fine\nfalse\n')
  })

  it('do not arise from node:sqlite on both sides', async () => {
    const printed = await program(`
      const { DatabaseSync } = await import('node:sqlite')
      const database = new DatabaseSync(path)
      await attempt(async () => {
        await sqlite(database).migrate()
        await sqlite(path).migrate()
      })
    `)
    expect(printed).toBe('fine\n')
  })

  it('do not arise from merely importing better-sqlite3', async () => {
    const printed = await program(`
      await import('better-sqlite3')
      await attempt(() => sqlite(path).open())
    `)
    expect(printed).toBe('fine\n')
  })
})
