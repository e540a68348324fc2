import { execFileSync } from 'node:child_process'
import { chownSync, closeSync, fsyncSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../../src/core/errors.ts'
import type { User } from './postgres-binaries.ts'

export interface SmallDisk {
  path: string
  /** Takes all the room that is left. */
  fill(): void
  /** Gives it back. */
  free(): void
  unmount(): void
}

/** Mounts a small file system of its own at `path`, or gives the reason why that cannot be done here. */
export function mountSmallDisk(path: string, megabytes: number, user: User | undefined): SmallDisk | string {
  if (process.platform !== 'linux') return 'a small file system is mounted with the tools of Linux'
  mkdirSync(path)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'pipe' })
  } catch (error) {
    rmSync(path, { recursive: true })
    return `no file system can be mounted (it needs root, and a container the right to): ${messageOf(error).trim()}`
  }
  if (user !== undefined) chownSync(path, user.uid, user.gid)
  const ballast = join(path, 'ballast')
  return {
    path,
    fill() {
      const file = openSync(ballast, 'a')
      const block = Buffer.alloc(4_096)
      try {
        while (statfsSync(path).bavail > 0) writeSync(file, block)
        fsyncSync(file)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    unmount: () => void execFileSync('umount', ['-l', path], { stdio: 'pipe' }),
  }
}
