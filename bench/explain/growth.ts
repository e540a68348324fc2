import type { Client } from 'pg'
import type { Store } from '../../src/store/store.ts'
import type { Work } from '../../src/store/work.ts'
import type { BenchOptions, VariantSamples } from '../section.ts'
import { addNotDue, fill, HOOKS_OF_EVENT, NOT_DUE, settle } from './fill.ts'
import { claim } from './operations.ts'
import { Recorder } from './recorder.ts'

const FEWEST_CLAIMS = 9

/** Fills the database, adds what is not due step by step, and measures the claim at each. */
export async function grow(
  store: Store,
  client: Client,
  { rounds, progress }: BenchOptions,
): Promise<{ variants: VariantSamples[]; pages: number[] }> {
  progress('filling the database')
  await fill(client)
  const variants: VariantSamples[] = []
  const pages: number[] = []
  let events = 0
  for (const notDue of NOT_DUE) {
    const name = notDue.toLocaleString('en-US')
    progress(`${name} deliveries that are not due`)
    await addNotDue(client, events + 1, notDue / HOOKS_OF_EVENT)
    events = notDue / HOOKS_OF_EVENT
    await settle(client)
    pages.push(await pagesOfClaim(store))
    const perSecond: number[] = []
    for (let round = 0; round < Math.max(3 * rounds, FEWEST_CLAIMS); round += 1) {
      perSecond.push(1000 / (await timedClaim(store)))
    }
    variants.push({ name, perSecond, cpu: [] })
  }
  return { variants, pages }
}

/** Thrown to roll a transaction back. */
class Undone extends Error {}

/** One claim in a transaction that changes nothing in the end. @returns milliseconds */
async function timedClaim(store: Store): Promise<number> {
  let ms = Number.NaN
  await undone(store, function* () {
    const start = performance.now()
    yield* claim(store)
    ms = performance.now() - start
  })
  return ms
}

async function pagesOfClaim(store: Store): Promise<number> {
  const recorder = new Recorder(store)
  await undone(recorder.store, () => claim(store))
  return recorder.take().reduce((total, { pages }) => total + pages, 0)
}

async function undone(store: Store, work: () => Work<unknown>): Promise<void> {
  const attempt = store.write(function* () {
    yield* work()
    throw new Undone()
  })
  await attempt.catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error
  })
}
