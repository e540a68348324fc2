import { type FSWatcher, watch } from 'node:fs'

/**
 * Looks again this many milliseconds after the -wal file was written: the file changes before the commit can be seen.
 */
const LOOKS_AFTER_MS = [1, 8]

/** Where the file system reports nothing (network and shared folders), this poll still notices in time. */
const POLL_MS = 50

/**
 * Calls `onCommit` soon after another connection, of this process or any other, has committed. It sleeps on the -wal file
 * and asks SQLite's data_version, which costs microseconds, whether anything was committed; a slow poll stands behind it.
 *
 * @param dataVersion reads `PRAGMA data_version`, which changes with the commits of other connections only
 */
export function watchCommits(path: string, dataVersion: () => number, onCommit: () => void): () => void {
  let seen = versionNow()
  let looking = false
  let writtenMeanwhile = false
  let ended = false
  const timers = new Set<NodeJS.Timeout>()

  function versionNow(): number | undefined {
    try {
      return dataVersion()
    } catch {
      // Somebody recovers the database, for one; the poll looks again. Thrown in a timer, it would end the process.
      return undefined
    }
  }

  function look(): void {
    if (ended) return
    const version = versionNow()
    if (version === undefined || version === seen) return
    seen = version
    onCommit()
  }

  function lookRepeatedly(): void {
    if (looking) {
      writtenMeanwhile = true
      return
    }
    looking = true
    writtenMeanwhile = false
    look()
    for (const ms of LOOKS_AFTER_MS) {
      const timer = setTimeout(() => {
        timers.delete(timer)
        if (ms !== LOOKS_AFTER_MS.at(-1)) return look()
        looking = false
        if (writtenMeanwhile) lookRepeatedly()
        else look()
      }, ms)
      timer.unref()
      timers.add(timer)
    }
  }

  const watcher = watchFile(`${path}-wal`, lookRepeatedly)
  const poll = setInterval(look, POLL_MS)
  poll.unref()

  return () => {
    ended = true
    watcher?.close()
    clearInterval(poll)
    for (const timer of timers) clearTimeout(timer)
  }
}

function watchFile(path: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, { persistent: false }, onChange)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    // No such file, or no file notification here: the poll does it alone.
    return undefined
  }
}
