/**
 * `npm run bench`: what hookwright costs, in ratios to the same work without it. Sections are independent of each other: a
 * further one is a file, and a line in `sections`. It measures, and never judges: no time is asserted.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../scripts/entries.ts'
import { explain } from './explain/index.ts'
import { isolation } from './isolation/index.ts'
import { describeMachine } from './machine.ts'
import { parseOptions, usage } from './options.ts'
import { printSection } from './print.ts'
import { retention } from './retention/index.ts'
import type { Section } from './section.ts'
import { compare } from './statistics.ts'
import { writeTax } from './write-tax/index.ts'

const sections: readonly Section[] = [writeTax, isolation, retention, explain]

async function main(): Promise<void> {
  const { only, json, help, ...options } = parseOptions(process.argv.slice(2))
  if (help) {
    console.log(`${usage}\nSections: ${sections.map(({ name }) => name).join(', ')}`)
    return
  }
  const unknown = only.find((name) => !sections.some((section) => section.name === name))
  if (unknown !== undefined) {
    throw new Error(
      `There is no section "${unknown}". There are: ${sections.map(({ name }) => name).join(', ')}.`,
    )
  }
  const chosen = sections.filter(({ name, byDefault = true }) =>
    only.length === 0 ? byDefault : only.includes(name),
  )
  const machine = describeMachine()
  const startedAt = new Date()
  console.log(
    Object.entries(machine)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
  )
  console.log(`each variant ${options.rounds} times for ${options.sampleMs} ms, in turns\n`)

  const results: Record<string, unknown> = {}
  for (const section of chosen) {
    const start = performance.now()
    // Progress goes to standard error, so that the tables alone can be redirected to a file.
    const result = await section.run({ ...options, progress: (text) => console.error(`… ${text}`) })
    const seconds = (performance.now() - start) / 1000
    console.log(`${printSection(section.title, result)}\n\n(${seconds.toFixed(0)} s)\n`)
    const groups = result.groups.map((group) => ({ ...group, comparison: compare(group) }))
    results[section.name] = { ...result, groups, seconds }
  }

  const file = json ?? join(root, 'bench/results', `${startedAt.toISOString().replaceAll(':', '-')}.json`)
  mkdirSync(dirname(file), { recursive: true })
  const written = { machine, startedAt, ...options, sections: results }
  writeFileSync(file, `${JSON.stringify(written, null, 2)}\n`)
  console.log(`written to ${file}`)
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? (process.env.DEBUG ? error.stack : error.message) : error)
  process.exitCode = 1
}
