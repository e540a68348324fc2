import { appendFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { runChild, startChild, temporaryDatabase } from '../../../test/support/database.ts'
import { sqlite } from './index.ts'
import { watchCommits } from './wal-watch.ts'

const NOTICED_WITHIN_MS = 100

// Again, because other programs may hold up the machine for that long; who is blind stays blind.
const timed = { retry: 3 }

describe('watching the commits of others', () => {
  async function openStore() {
    const { path, remove } = temporaryDatabase()
    const application = new DatabaseSync(path)
    const store = sqlite(application)
    onTestFinished(async () => {
      await store.close()
      application.close()
      remove()
    })
    await store.migrate()
    application.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, committed_at REAL)')
    return { path, application, store }
  }

  /** For each row, in order, how many milliseconds after its commit the watch had called. */
  function noteDelays({ application, store }: Awaited<ReturnType<typeof openStore>>) {
    const seenAt: number[] = []
    const count = application.prepare('SELECT count(*) AS count FROM item')
    const { end } = store.watch(() => {
      const seen = Number(count.get()?.count)
      const now = performance.timeOrigin + performance.now()
      while (seenAt.length < seen) seenAt.push(now)
    })
    onTestFinished(end)
    return (committedAt: readonly number[]) => seenAt.map((at, index) => at - (committedAt[index] ?? 0))
  }

  it('notices each of 200 commits of another connection of this process within 100 ms', timed, async () => {
    const opened = await openStore()
    const delays = noteDelays(opened)
    const insert = opened.application.prepare('INSERT INTO item DEFAULT VALUES')
    const committedAt: number[] = []
    for (let count = 0; count < 200; count += 1) {
      insert.run()
      committedAt.push(performance.timeOrigin + performance.now())
      await sleep(count % 7)
    }
    await vi.waitFor(() => expect(delays(committedAt)).toHaveLength(200))
    expect(Math.max(...delays(committedAt))).toBeLessThan(NOTICED_WITHIN_MS)
  })

  it('notices each of 200 commits of another process within 100 ms', timed, async () => {
    const opened = await openStore()
    const delays = noteDelays(opened)
    const printed = await runChild(
      `
      import { DatabaseSync } from 'node:sqlite'
      import { setTimeout as sleep } from 'node:timers/promises'
      const database = new DatabaseSync(process.argv[1])
      const insert = database.prepare('INSERT INTO item DEFAULT VALUES')
      const committedAt = []
      for (let count = 0; count < 200; count += 1) {
        insert.run()
        committedAt.push(performance.timeOrigin + performance.now())
        await sleep(count % 7)
      }
      console.log(JSON.stringify(committedAt))
      `,
      [opened.path],
    )
    const committedAt = JSON.parse(printed) as number[]
    await vi.waitFor(() => expect(delays(committedAt)).toHaveLength(200))
    expect(Math.max(...delays(committedAt))).toBeLessThan(NOTICED_WITHIN_MS)
  })

  it(
    'is not blinded by a checkpoint that empties the -wal file, nor by a writer that leaves',
    timed,
    async () => {
      const { path, application, store } = await openStore()
      const listener = vi.fn()
      onTestFinished(store.watch(listener).end)
      async function noticed(commit: () => unknown) {
        listener.mockClear()
        await commit()
        await vi.waitFor(() => expect(listener).toHaveBeenCalled(), {
          timeout: NOTICED_WITHIN_MS,
          interval: 1,
        })
      }
      const insert = () => application.exec('INSERT INTO item DEFAULT VALUES')

      await noticed(insert)
      application.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      await noticed(insert)
      application.exec('VACUUM')
      await noticed(insert)
      await noticed(() => {
        const other = new DatabaseSync(path)
        other.exec('INSERT INTO item DEFAULT VALUES')
        other.close()
      })
      await noticed(insert)
    },
  )

  it('says nothing of what was rolled back, nor after the store was closed', async () => {
    const { application, store } = await openStore()
    const listener = vi.fn()
    store.watch(listener)
    application.exec('BEGIN IMMEDIATE; INSERT INTO item DEFAULT VALUES; ROLLBACK')
    await sleep(NOTICED_WITHIN_MS)
    expect(listener).not.toHaveBeenCalled()

    await store.close()
    application.exec('INSERT INTO item DEFAULT VALUES')
    await sleep(NOTICED_WITHIN_MS)
    expect(listener).not.toHaveBeenCalled()
  })

  it('leaves no timer behind when the store is closed', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { store } = await openStore()
    store.watch(() => {})
    expect(vi.getTimerCount()).toBeGreaterThan(0)
    await store.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('keeps no process alive', async () => {
    const { path } = await openStore()
    const child = startChild(
      `
      import { sqlite } from 'hookwright/sqlite'
      const store = sqlite(process.argv[1])
      await store.open()
      store.watch(() => {})
      console.log('watching')
      `,
      [path],
    )
    expect(await child.done).toEqual({ code: 0, signal: null, stdout: 'watching\n', stderr: '' })
  })
})

describe('watchCommits', () => {
  function watchVersion(path: string) {
    const state = { version: 1, broken: false }
    const onCommit = vi.fn()
    const dataVersion = vi.fn(() => {
      if (state.broken) throw Object.assign(new Error('database is locked'), { errcode: 261 })
      return state.version
    })
    onTestFinished(watchCommits(path, dataVersion, onCommit))
    return { state, onCommit, dataVersion }
  }

  it('polls where there is no -wal file to watch', async () => {
    const { state, onCommit } = watchVersion('/nowhere/app.db')
    state.version = 2
    await vi.waitFor(() => expect(onCommit).toHaveBeenCalledTimes(1))
  })

  it('outlives a version that cannot be read, and looks again', async () => {
    const { state, onCommit, dataVersion } = watchVersion('/nowhere/app.db')
    state.broken = true
    dataVersion.mockClear()
    await vi.waitFor(() => expect(dataVersion).toHaveBeenCalledTimes(2))
    Object.assign(state, { version: 2, broken: false })
    await vi.waitFor(() => expect(onCommit).toHaveBeenCalledTimes(1))
  })

  describe('when the -wal file is written', () => {
    // The poll looks at most twice in this time.
    const BEFORE_THE_POLL = { timeout: 90, interval: 1 }

    async function watchFile() {
      const { path, remove } = temporaryDatabase()
      onTestFinished(remove)
      writeFileSync(`${path}-wal`, '')
      const { dataVersion } = watchVersion(path)
      // The file's own creation may still be reported.
      await sleep(60)
      dataVersion.mockClear()
      return { dataVersion, write: () => appendFileSync(`${path}-wal`, 'x') }
    }

    it('looks several times, because the commit can be seen only later', timed, async () => {
      const { dataVersion, write } = await watchFile()
      write()
      await vi.waitFor(() => expect(dataVersion.mock.calls.length).toBeGreaterThanOrEqual(3), BEFORE_THE_POLL)
    })

    it('begins anew when it is written again while it looks', timed, async () => {
      const { dataVersion, write } = await watchFile()
      write()
      await vi.waitFor(() => expect(dataVersion).toHaveBeenCalled(), { interval: 1 })
      write()
      await vi.waitFor(() => expect(dataVersion.mock.calls.length).toBeGreaterThanOrEqual(6), BEFORE_THE_POLL)
    })
  })

  it('looks no more once it was ended', async () => {
    const { path, remove } = temporaryDatabase()
    onTestFinished(remove)
    writeFileSync(`${path}-wal`, '')
    const dataVersion = vi.fn(() => 1)
    const end = watchCommits(path, dataVersion, () => {})
    appendFileSync(`${path}-wal`, 'x')
    await vi.waitFor(() => expect(dataVersion.mock.calls.length).toBeGreaterThan(1))
    end()
    dataVersion.mockClear()
    appendFileSync(`${path}-wal`, 'x')
    await sleep(120)
    expect(dataVersion).not.toHaveBeenCalled()
  })
})
