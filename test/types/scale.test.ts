import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

/** 500 events over 50 models must not be felt in an editor. Instantiations are counted, for time depends on the machine. */
const EVENTS = 500
const MODELS = 50
/** 133,000 when this was written, every event declared, sent, triggered and read. */
const MOST_INSTANTIATIONS = 160_000

const root = fileURLToPath(new URL('../../', import.meta.url))
const tsc = join(root, 'node_modules/.bin/tsc')
const face = JSON.stringify(join(root, 'src/index.ts'))
const store = JSON.stringify(join(root, 'src/store/sqlite/index.ts'))

const prelude = `
import { createHooks, type Hooks } from ${face}
import { sqlite } from ${store}

type DataOf<All> = All extends Hooks<infer Data, infer _Sends, infer _Triggers, infer _Fields> ? Data : never
`

/** A hooks file such as a large application has: a tenth of the events with `when`, a tenth custom, and every one sent. */
function source(events: number): string {
  const models = Array.from({ length: MODELS }, (_, index) => index)
  const rows = models.map(
    (n) =>
      `interface Row${n} { id: number; user_id: number; name${n}: string; at: Date; done: boolean | null }`,
  )
  const options = models.map(
    (n) =>
      `M${n}: { table: 'm${n}', owner: 'user_id', serialize: (row: Row${n}) => ({ id: row.id, name: row.name${n}, at: row.at }) },`,
  )
  const declared = Array.from({ length: events }, (_, index) => `'event.${index}': ${declaration(index)},`)
  const used = Array.from({ length: events }, (_, index) => use(index))
  return [
    prelude,
    ...rows,
    `const hooks = createHooks({ database: sqlite('app.db'), models: { ${options.join('\n')} }, events: { ${declared.join('\n')} },`,
    '  hook: { fields: { isActive: { type: "boolean", default: true } }, payload: (hook, event) => [hook.isActive, event] } })',
    'declare const data: DataOf<typeof hooks>',
    ...used,
  ].join('\n')
}

function declaration(index: number): string {
  const model = `M${index % MODELS}`
  if (index % 10 === 0)
    return `{ on: '${model}.updated', when: (row, before) => row.done === true && before.done !== true }`
  if (index % 10 === 1) return 'null'
  return `'${model}.action${index}${index % 2 === 0 ? '+' : ''}'`
}

function use(index: number): string {
  if (index % 10 === 1) return `hooks.send('event.${index}', { any: 'thing' }, { owner: 1 })`
  const sent = `hooks.send('event.${index}', { id: 1, name: 'x', at: new Date() }, { owner: 1 })`
  const read = `export const data${index}: { id: number; name: string; at: string } = data['event.${index}']`
  const action = index % 10 === 0 ? 'updated' : `action${index}`
  return `${sent}; hooks.trigger('M${index % MODELS}.${action}', 1); ${read}`
}

interface Run {
  output: string
  instantiations: number
  seconds: number
}

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'types-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function check(name: string, text: string): Promise<Run> {
  const config = join(folder, `${name}.json`)
  await writeFile(join(folder, `${name}.mts`), text)
  await writeFile(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { paths: {}, types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
      files: [`${name}.mts`],
      include: [],
    }),
  )
  const output = await new Promise<string>((resolve) => {
    // Errors in the checked file are an exit code; they are in the output as well.
    execFile(
      tsc,
      ['-p', config, '--extendedDiagnostics', '--singleThreaded', '--pretty', 'false'],
      { timeout: 50_000, maxBuffer: 1e7 },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    )
  })
  return { output, instantiations: figure(output, 'Instantiations'), seconds: figure(output, 'Check time') }
}

function figure(output: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+([\\d.]+)`, 'm').exec(output)?.[1]
  if (found === undefined) throw new Error(`tsc told no ${name}:\n${output.slice(0, 4000)}`)
  return Number(found)
}

function errors(output: string): string[] {
  return output.split('\n').filter((line) => /error TS\d+/.test(line))
}

it(`type-checks ${EVENTS} events over ${MODELS} models in well under a second more than none`, async () => {
  const none = await check('none', source(0))
  const many = await check('many', source(EVENTS))
  expect(errors(none.output)).toEqual([])
  expect(errors(many.output)).toEqual([])
  const more = {
    instantiations: many.instantiations - none.instantiations,
    seconds: many.seconds - none.seconds,
  }
  console.info(
    `types: ${EVENTS} events cost ${more.instantiations} instantiations (${none.instantiations} → ${many.instantiations}) ` +
      `and ${more.seconds.toFixed(3)} s of checking (${none.seconds} → ${many.seconds})`,
  )
  expect(more.instantiations).toBeGreaterThan(EVENTS)
  expect(more.instantiations).toBeLessThan(MOST_INSTANTIATIONS)
})

it('says in the compiler’s own message what is wrong with an event', async () => {
  const { output } = await check(
    'mistakes',
    `${prelude}
createHooks({ models: { Book: { table: 'book' } }, events: { a: 'Bok.created' } })
createHooks({ models: { Book: { table: 'book' } }, events: { a: { on: 'Bok.created' } } })
createHooks({ models: { Book: { table: 'book' } }, events: { a: 'Book' } })
createHooks({ models: { Book: { table: 'book' } }, events: { a: 'Book.inserted' } })
createHooks({ models: { Book: { table: 'book' } }, events: { 'hook.disabled': null } })
createHooks({ models: { Book: { table: 'book', serializer: () => 1 } }, events: {} })
`,
  )
  const told = errors(output).map((line) => line.replaceAll('\\"', '"'))
  expect(told).toEqual([
    expect.stringContaining('"no such model: "Bok.created""'),
    expect.stringContaining('"no such model: "Bok.created""'),
    expect.stringContaining('"not "Model.action": "Book""'),
    expect.stringContaining('"did you mean "Book.created"? not "Book.inserted""'),
    expect.stringContaining('"hookwright makes "hook.disabled" itself: give yours another name"'),
    expect.stringContaining('"no such option: "serializer""'),
  ])
})
