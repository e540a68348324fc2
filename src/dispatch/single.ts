/** Something that runs in this process and can be ended. */
export interface Running {
  stop(): Promise<void>
}

/** One list for all copies of this module in the process: bundlers and hot reload load it more than once. */
const KEY = Symbol.for('hookwright.running')

function running(): Map<string, Running> {
  const holder = globalThis as { [KEY]?: Map<string, Running> }
  holder[KEY] ??= new Map()
  return holder[KEY]
}

/**
 * Makes `next` the only dispatcher of a database in this process: the one before, which an older copy of the application's
 * module started, is ended first.
 *
 * @returns whether there was one
 */
export async function takeOver(name: string, next: Running): Promise<boolean> {
  const before = running().get(name)
  running().set(name, next)
  if (before === undefined || before === next) return false
  await before.stop()
  return true
}

/** Whether nobody has taken over from this one. */
export function isCurrent(name: string, one: Running): boolean {
  return running().get(name) === one
}

/** Tells that a dispatcher has ended. */
export function leave(name: string, ended: Running): void {
  if (isCurrent(name, ended)) running().delete(name)
}
