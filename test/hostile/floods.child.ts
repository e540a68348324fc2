import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createHooks } from '../../src/index.ts'
import { sqlite } from '../../src/store/sqlite/index.ts'

/** Delivers to receivers that flood, round after round, and tells what memory was in use, in bytes: what is alive. */
export interface Measured {
  /** Before the first round. */
  idle: number
  rounds: Round[]
}

interface Round {
  after: number
  /** The most during it. */
  peak: number
  /** Attempts that were made. */
  attempts: number
}

/** Hooks to each of the receivers in each round. */
const HOOKS = 5

const [path = '', rounds = '', ...targets] = process.argv.slice(1)
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const hooks = createHooks({
  database: sqlite(path),
  events: { played: null },
  allow: ['127.0.0.1/32'],
  dispatch: { timeoutMs: 1_000, retry: { delaysMs: [] } },
})

function inUse(): number {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

async function pending(): Promise<number> {
  return (await hooks.deliveries({ status: 'pending', limit: 1 })).length
}

async function play(owner: number): Promise<Round> {
  for (const target of targets) {
    for (let n = 0; n < HOOKS; n += 1) {
      await hooks.create({ owner, event: 'played', target: `${target}?${n}` })
    }
  }
  const { id } = await hooks.send('played', {}, { owner })
  let peak = 0
  let made: { status: string }[] = []
  do {
    peak = Math.max(peak, inUse())
    await new Promise((resolve) => setTimeout(resolve, 20))
    const deliveries = await hooks.deliveries({ limit: HOOKS * targets.length })
    made = deliveries.filter((delivery) => delivery.id.startsWith(id) && delivery.attempts > 0)
  } while (made.length < HOOKS * targets.length || (await pending()) > 0)
  return { after: inUse(), peak, attempts: made.length }
}

await hooks.migrate()
await hooks.start()
const measured: Measured = { idle: inUse(), rounds: [] }
for (let round = 0; round < Number(rounds); round += 1) measured.rounds.push(await play(round))
await hooks.close()
console.log(JSON.stringify(measured))
