import { expect, it } from 'vitest'
import { DatabaseClock } from './clock.ts'
import type { Session } from './session.ts'

/** A machine and a database with clocks of their own; a query takes 20 ms. */
function machineAndDatabase(databaseAhead: number) {
  const machine = { time: 1_000_000, now: () => machine.time, timer: () => () => {} }
  let asked = 0
  const session = {
    async query() {
      asked += 1
      machine.time += 10
      const now = machine.time + state.ahead
      machine.time += 10
      return { rows: [{ now }] }
    },
  } as unknown as Session
  const state = { ahead: databaseAhead }
  return { machine, session, state, asked: () => asked }
}

it.each([0, 3_600_000, -3_600_000])('goes by the clock of a database that is %i ms ahead', async (ahead) => {
  const { machine, session } = machineAndDatabase(ahead)
  const clock = new DatabaseClock(machine)
  await clock.follow(session)
  expect(clock.now()).toBe(machine.time + ahead)
  machine.time += 1_234
  expect(clock.now()).toBe(machine.time + ahead)
})

it('measures again after five seconds, and when the clock of the machine was set', async () => {
  const { machine, session, state, asked } = machineAndDatabase(0)
  const clock = new DatabaseClock(machine)
  await clock.follow(session)
  await clock.follow(session)
  expect(asked()).toBe(1)
  machine.time += 5_000
  state.ahead = 500
  await clock.follow(session)
  expect(Math.abs(clock.now() - machine.time - 500)).toBeLessThanOrEqual(10)
  machine.time -= 3_600_000
  state.ahead += 3_600_000
  await clock.follow(session)
  expect(asked()).toBe(3)
  expect(Math.abs(clock.now() - machine.time - 3_600_500)).toBeLessThanOrEqual(10)
})

it('believes what it knew before a measurement that took long', async () => {
  const { machine, session } = machineAndDatabase(200)
  const clock = new DatabaseClock(machine)
  await clock.follow(session)
  machine.time += 5_000
  const stalled = {
    query: async () => {
      const now = machine.time + 200
      machine.time += 30_000
      return { rows: [{ now }] }
    },
  } as unknown as Session
  await clock.follow(stalled)
  expect(clock.now()).toBe(machine.time + 200)
})
