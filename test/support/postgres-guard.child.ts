/**
 * Ends a PostgreSQL server whose test has died before it could: waits until its own standard input ends, which it does
 * with the process that holds the other end, however that ends. Arguments: the server's process id and its folder.
 */
import { rmSync } from 'node:fs'
import { processFamily, signalAll } from './process-family.ts'

const [pid = '', folder = ''] = process.argv.slice(2)
// A terminal's Ctrl-C goes to everybody; this one is needed until the very end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
let released = false
process.stdin.on('data', () => {
  released = true
})
process.stdin.on('end', () => {
  if (released) return
  signalAll(processFamily(Number(pid)), 'SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})
