import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CompiledQuery } from 'kysely'
import { systemClock } from '../../core/clock.ts'
import { messageOf } from '../../core/errors.ts'
import type { Store } from '../../store/store.ts'
import { exec, first, rows, type Work } from '../../store/work.ts'
import { bytesText, type Found } from './finding.ts'

/** Checking reads the whole file, and nothing else runs in this process meanwhile. */
const MOST_CHECKED_BYTES = 100e6
const LEAST_FREE_BYTES = 20e6
const SCARCE_FREE_BYTES = 200e6
/** A log that is never reset: somebody keeps an old state of the database open. */
const LARGE_WAL_BYTES = 200e6
/** Longer than any transaction of ours, and than most of others'. */
const LONGEST_LOCK_MS = 2_000
const LOCK_TRY_MS = 25

/** What only a file can suffer from. */
export async function checkSqlite(store: Store): Promise<Found[]> {
  const found = await Promise.all([checkMode(store), checkFile(store.name), checkDisk(store.name)])
  return [...found.flat(), ...(await checkIntegrity(store)), ...(await checkLock(store))]
}

async function checkMode(store: Store): Promise<Found[]> {
  const row = await store.read(() => pragma<{ journal_mode: string }>('journal_mode'))
  if (row?.journal_mode === 'wal') return []
  return [
    {
      code: 'journal_mode',
      state: 'warning',
      message: `The journal mode is "${row?.journal_mode}" and not "wal": readers and writers wait for each other.`,
      cure: 'Find out who sets another one, and leave it out. hookwright sets WAL when it opens the file.',
    },
  ]
}

async function checkFile(path: string): Promise<Found[]> {
  try {
    await access(path, constants.R_OK | constants.W_OK)
    // The log and its index are made beside the file.
    await access(dirname(path), constants.W_OK)
  } catch (error) {
    return [
      {
        code: 'not_writable',
        state: 'error',
        message: `The file or its folder cannot be written: ${messageOf(error)}.`,
        cure: 'Give the user of this process the right to write both.',
      },
    ]
  }
  const wal = await stat(`${path}-wal`).then(
    ({ size }) => size,
    () => 0,
  )
  if (wal < LARGE_WAL_BYTES) return []
  return [
    {
      code: 'large_log',
      state: 'warning',
      message: `The write-ahead log has grown to ${bytesText(wal)}, which makes reading slow.`,
      cure: 'Some connection keeps a transaction open for long: find and end it. The log is then used anew.',
      details: { bytes: wal },
    },
  ]
}

async function checkDisk(path: string): Promise<Found[]> {
  const { bavail, bsize } = await statfs(dirname(path))
  const free = bavail * bsize
  const details = { freeBytes: free }
  if (free >= SCARCE_FREE_BYTES) return []
  return [
    {
      code: 'disk_space',
      state: free < LEAST_FREE_BYTES ? 'error' : 'warning',
      message: `The disk has ${bytesText(free)} left. When it is full, the application's writes fail, and events with them.`,
      cure: 'Make room, keep less (the option retention), or move the file to another disk.',
      details,
    },
  ]
}

async function checkIntegrity(store: Store): Promise<Found[]> {
  const size = await store.read(function* () {
    const pages = yield* pragma<{ page_count: number }>('page_count')
    const page = yield* pragma<{ page_size: number }>('page_size')
    return (pages?.page_count ?? 0) * (page?.page_size ?? 0)
  })
  const details = { bytes: size }
  if (size > MOST_CHECKED_BYTES) {
    const message = `The file has ${bytesText(size)}: it was not checked for damage, because that would take long.`
    const cure = `At a quiet time: sqlite3 ${store.name} "PRAGMA quick_check"`
    return [{ code: 'not_checked', state: 'ok', message, cure, details }]
  }
  const check = CompiledQuery.raw('PRAGMA quick_check(5)') as CompiledQuery<{ quick_check: string }>
  const faults = (await store.read(() => rows(check))).map(({ quick_check: text }) => text)
  if (faults.length === 1 && faults[0] === 'ok')
    return [{ code: 'intact', state: 'ok', message: `The file of ${bytesText(size)} is intact.`, details }]
  return [
    {
      code: 'damaged',
      state: 'error',
      message: `The file is damaged: ${faults.join('; ')}.`,
      cure: 'Stop everything that writes, copy the file, and restore a backup, or try `sqlite3 app.db .recover`.',
      details: { ...details, faults },
    },
  ]
}

/** Whether the write lock is to be had. It is given back at once, and nothing is written. */
async function checkLock(store: Store): Promise<Found[]> {
  const end = performance.now() + LONGEST_LOCK_MS
  while (!(await store.read(tryLock))) {
    if (performance.now() < end) {
      await new Promise<void>((resolve) => void systemClock.timer(LOCK_TRY_MS, resolve))
      continue
    }
    return [
      {
        code: 'locked',
        state: 'warning',
        message: `Somebody has held the write lock for ${LONGEST_LOCK_MS / 1_000} s or more, so nobody else can write.`,
        cure: 'Find the transaction that is open across slow work, in the application or another process, and make it short.',
      },
    ]
  }
  return []
}

function* tryLock(): Work<boolean> {
  try {
    yield* exec(CompiledQuery.raw('BEGIN IMMEDIATE'))
  } catch (error) {
    if (/locked|busy/i.test(messageOf(error))) return false
    throw error
  }
  yield* exec(CompiledQuery.raw('ROLLBACK'))
  return true
}

function pragma<Row>(name: string): Work<Row | undefined> {
  return first(CompiledQuery.raw(`PRAGMA ${name}`) as CompiledQuery<Row>)
}
