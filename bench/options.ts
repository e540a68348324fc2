import { parseArgs } from 'node:util'

export interface MainOptions {
  /** Names of sections; all that run by default if empty. */
  only: string[]
  rounds: number
  sampleMs: number
  /** Where the results go as JSON; a file named by the time in bench/results if left out. */
  json: string | undefined
  /** How long a section may take before there are fewer rounds, in milliseconds. */
  budgetMs: number
  help: boolean
}

export const usage = `npm run bench -- [options]

  --only <section>     only this section; may be given several times
  --rounds <n>         how often each variant is measured (5)
  --sample-ms <n>      how long one measurement takes, in milliseconds (80)
  --budget-ms <n>      how long a section may take before there are fewer rounds (50000)
  --json <file>        where the results are written to (bench/results/<time>.json)

HOOKWRIGHT_BENCH_POSTGRES_URL names the PostgreSQL server (postgres://postgres@127.0.0.1:5432/postgres); the
benchmark makes databases of its own there, and drops them.
`

/** @throws an error that says which argument is wrong */
export function parseOptions(args: readonly string[]): MainOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string', default: '5' },
      'sample-ms': { type: 'string', default: '80' },
      'budget-ms': { type: 'string', default: '50000' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    only: values.only,
    rounds: positive('--rounds', values.rounds),
    sampleMs: positive('--sample-ms', values['sample-ms']),
    budgetMs: positive('--budget-ms', values['budget-ms']),
    json: values.json,
    help: values.help,
  }
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new Error(`${name} takes a whole number above 0, not "${text}"`)
}
