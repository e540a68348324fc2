import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sqlite } from '../store/sqlite/index.ts'
import type { Store } from '../store/store.ts'
import {
  DEPARTED_CHUNK,
  DEPARTED_KEPT_MS,
  findOldDeparted,
  forgetDeparted,
  removeDeparted,
} from './departed.ts'

const NOW = 10 * DEPARTED_KEPT_MS

describe('notes of deleted related rows', () => {
  let folder: string
  let application: DatabaseSync
  let store: Store

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hookwright-departed-'))
    application = new DatabaseSync(join(folder, 'app.db'))
    store = sqlite(application)
    await store.open()
    await store.migrate()
  })

  afterEach(async () => {
    await store.close()
    application.close()
    await rm(folder, { recursive: true })
  })

  const note = (key: string, at: number) =>
    application
      .prepare(
        "INSERT OR REPLACE INTO hookwright_departed (table_name, key, owner, at) VALUES ('shelf', ?, '1', ?)",
      )
      .run(key, at)
  const left = () =>
    application
      .prepare('SELECT key FROM hookwright_departed ORDER BY key')
      .all()
      .map(({ key }) => key)

  it('are removed an hour later, in chunks, and no others', async () => {
    for (let key = 0; key <= DEPARTED_CHUNK; key += 1) note(`old ${key}`, 1)
    note('young', NOW - DEPARTED_KEPT_MS)
    const write = vi.spyOn(store, 'write')
    expect(await forgetDeparted(store, NOW)).toBe(DEPARTED_CHUNK + 1)
    expect(left()).toEqual(['young'])
    expect(write).toHaveBeenCalledTimes(2)
  })

  it('cost no write where there is none', async () => {
    note('young', NOW)
    const write = vi.spyOn(store, 'write')
    expect(await forgetDeparted(store, NOW)).toBe(0)
    expect(write).not.toHaveBeenCalled()
  })

  it('stay where they are written anew meanwhile', async () => {
    note('1', 1)
    const found = await store.read(() => findOldDeparted(store, NOW))
    note('1', NOW)
    expect(await store.write(() => removeDeparted(store, found, NOW))).toBe(0)
    expect(left()).toEqual(['1'])
  })
})
