import { expect, it } from 'vitest'
import { runChild, temporaryDatabase } from '../support/database.ts'
import type { Measured } from './floods.child.ts'
import { floods } from './modes/floods.ts'
import { startHostile } from './receiver.ts'

const MB = 1024 * 1024
const ROUNDS = 6

// The receivers are here and the sender elsewhere, so that only the sender's memory is measured.
it('floods take no memory, neither for good nor while they last', async () => {
  const { path, remove } = temporaryDatabase()
  const receivers = await Promise.all(floods.map(({ play }) => startHostile(play)))
  const targets = receivers.map(({ target }) => target)
  const args = [path, String(ROUNDS), ...targets]
  const measured = JSON.parse(await runChild("import './test/hostile/floods.child.ts'", args)) as Measured
  await Promise.all(receivers.map((receiver) => receiver.close()))
  remove()

  const { idle, rounds } = measured
  for (const { attempts } of rounds) expect(attempts).toBe(5 * floods.length)
  // The least of some rounds: what else is there for a moment depends on the machine.
  const least = (some: Measured['rounds']) => Math.min(...some.map(({ after }) => after))
  expect(least(rounds.slice(-3)) - least(rounds.slice(0, 3))).toBeLessThan(8 * MB)
  // Some 95 floods at once: of each, the headers, the beginning of the body and what the socket has read.
  expect(Math.max(...rounds.map(({ peak }) => peak)) - idle).toBeLessThan(48 * MB)
})
