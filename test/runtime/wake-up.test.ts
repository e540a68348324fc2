import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { startChild } from '../support/database.ts'
import { openBookstore } from './bookstore.ts'
import { percentile } from './sink.ts'

const ADD_BOOKS = `
  import { DatabaseSync } from 'node:sqlite'
  import { setTimeout as sleep } from 'node:timers/promises'
  const database = new DatabaseSync(process.argv[1], { timeout: 5000 })
  const insert = database.prepare('INSERT INTO book (title, user_id) VALUES (?, 1)')
  for (let n = 0; n < Number(process.argv[2]); n += 1) {
    await sleep(20)
    insert.run(Date.now())
  }
`

describe('the dispatcher', () => {
  it("wakes up within 100 ms for another process's commits", async () => {
    const { path, hooks, listen } = await openBookstore()
    const sink = await listen()
    await hooks.start()
    const count = 60
    const child = startChild(ADD_BOOKS, [path, String(count)])
    expect(await child.done).toMatchObject({ code: 0 })
    await vi.waitFor(() => expect(sink.arrivals).toHaveLength(count), { timeout: 5_000 })
    const waits = sink.arrivals.map(({ at, body }) => at - Number(body.data.title))
    console.log(
      `commit in another process → arrival: p50 ${percentile(waits, 0.5)} ms, p99 ${percentile(waits, 0.99)} ms`,
    )
    expect(percentile(waits, 0.5)).toBeLessThan(100)
  })

  it("wakes up at once for the application's own writes, and for what is sent", async () => {
    const { app, hooks, listen } = await openBookstore()
    const sink = await listen()
    await hooks.start()
    const waits: number[] = []
    for (let n = 0; n < 40; n += 1) {
      await sleep(10)
      const before = sink.arrivals.length
      const at = Date.now()
      if (n % 2 === 0) app.exec(`INSERT INTO book (title, user_id) VALUES ('own', 1)`)
      else await hooks.send('user.logged_in', { n }, { owner: 1 })
      await vi.waitFor(() => expect(sink.arrivals.length).toBe(before + 1), { interval: 1, timeout: 5_000 })
      waits.push((sink.arrivals.at(-1)?.at ?? Number.NaN) - at)
    }
    console.log(`own commit → arrival: p50 ${percentile(waits, 0.5)} ms, p99 ${percentile(waits, 0.99)} ms`)
    expect(percentile(waits, 0.5)).toBeLessThan(50)
  })

  it('writes nothing and takes no lock while it has nothing to do', async () => {
    const { path, app, hooks, listen, log } = await openBookstore({ patienceMs: 150 })
    const sink = await listen()
    await hooks.start()
    app.exec("INSERT INTO book (title, user_id) VALUES ('Momo', 1)")
    await vi.waitFor(async () => expect(await hooks.deliveries({ status: 'delivered' })).toHaveLength(1))
    await sleep(100)
    const state = () => ({
      files: [path, `${path}-wal`].map((file) => statSync(file, { bigint: true }).mtimeNs),
      version: app.prepare('PRAGMA data_version').get(),
    })
    const before = state()
    await sleep(2_000)
    expect(state()).toEqual(before)
    expect(sink.arrivals).toHaveLength(1)

    // Nor does it want the lock, which would cost a turn: an idle dispatcher does not notice that somebody holds it.
    app.exec('BEGIN IMMEDIATE')
    await sleep(1_500)
    app.exec('COMMIT')
    expect(log.filter(({ level }) => level === 'error')).toEqual([])
  })
})
