import { expect, it } from 'vitest'
import { runChild, temporaryDatabase } from '../support/database.ts'
import type { Measured } from './floods.child.ts'
import { floods } from './modes/floods.ts'
import { startHostile } from './receiver.ts'

const MB = 1024 * 1024
/** The first ones fill caches and compile. */
const WARM = 2
const ROUNDS = 7

// The receivers are here and the sender elsewhere, so that only the sender's memory is measured.
it('floods take no memory, neither for good nor while they last', async () => {
  const { path, remove } = temporaryDatabase()
  const receivers = await Promise.all(floods.map(({ play }) => startHostile(play)))
  const targets = receivers.map(({ target }) => target)
  const args = [path, String(ROUNDS), ...targets]
  const measured = JSON.parse(await runChild("import './test/hostile/floods.child.ts'", args)) as Measured[]
  await Promise.all(receivers.map((receiver) => receiver.close()))
  remove()

  for (const { attempts } of measured) expect(attempts).toBe(5 * floods.length)
  // The least of several rounds: how much is there for a moment depends on when it is measured, and on the machine.
  const least = (part: Measured[], what: 'after' | 'peak') => Math.min(...part.map((round) => round[what]))
  const before = least(measured.slice(0, WARM), 'after')
  expect(least(measured.slice(-WARM), 'after') - before).toBeLessThan(4 * MB)
  // Some 95 floods at once: of each, the headers, the beginning of the body and what the socket has read.
  expect(least(measured.slice(WARM), 'peak') - before).toBeLessThan(48 * MB)
})
