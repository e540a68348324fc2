import { describe, expect, it } from 'vitest'
import { Chance } from './chance.ts'
import { type Owner, Scheduler } from './scheduler.ts'

async function orderOf(seed: number): Promise<string> {
  const scheduler = new Scheduler(new Chance(seed, 'order'))
  let order = ''
  for (const name of 'abcdef') {
    scheduler.after(5, undefined, () => {
      order += name
    })
  }
  scheduler.after(1, undefined, () => {
    order += '1'
  })
  await scheduler.run(10, () => false)
  return order
}

describe('the scheduler', () => {
  it('goes by time, and orders what is at once by the seed', async () => {
    const orders = await Promise.all([1, 2, 3, 4, 5].map(orderOf))
    expect(orders.every((order) => order.startsWith('1') && order.length === 7)).toBe(true)
    expect(new Set(orders).size).toBeGreaterThan(1)
    expect(await orderOf(3)).toBe(orders[2])
  })

  it('lets promises and turns of the event loop run out before the next task of somebody else', async () => {
    const scheduler = new Scheduler(new Chance(1, 'order'))
    const owner: Owner = { name: 'one', alive: true, frozenUntil: 0 }
    const seen: string[] = []
    scheduler.after(1, owner, () => {
      void (async () => {
        for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
        seen.push('promises')
        await new Promise(setImmediate)
        seen.push(`immediate at ${scheduler.now}`)
      })()
    })
    scheduler.after(2, undefined, () => void seen.push('other'))
    await scheduler.run(10, () => false)
    expect(seen).toEqual(['promises', 'immediate at 1', 'other'])
  })

  it('holds back what belongs to somebody frozen, and drops what belongs to somebody dead', async () => {
    const scheduler = new Scheduler(new Chance(1, 'order'))
    const frozen: Owner = { name: 'frozen', alive: true, frozenUntil: 7 }
    const dead: Owner = { name: 'dead', alive: false, frozenUntil: 0 }
    const seen: string[] = []
    scheduler.after(1, frozen, () => void seen.push(`frozen at ${scheduler.now}`))
    scheduler.after(2, dead, () => void seen.push('dead'))
    const cancel = scheduler.after(3, undefined, () => void seen.push('cancelled'))
    cancel()
    expect(await scheduler.run(10, () => seen.length > 0)).toBe(true)
    expect(seen).toEqual(['frozen at 7'])
  })
})
