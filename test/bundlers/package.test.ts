import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { Consumer } from './package.ts'
import { commonJs, copy, esm, importing, twoCopies } from './programs.ts'

const consumer = new Consumer()
beforeAll(() => consumer.install(), 120_000)
afterAll(() => consumer.remove())

/** Without NestJS, whose decorators its mount calls: no other one imports a framework. */
const specifiers = () =>
  Object.keys(consumer.manifest.exports)
    .filter((subpath) => !['./package.json', './nest'].includes(subpath))
    .map((subpath) => `hookwright${subpath.slice(1)}`)

async function bundle(program: string, outfile: string, format: 'esm' | 'cjs', banner = ''): Promise<string> {
  const path = join(consumer.folder, outfile)
  const { warnings } = await build({
    entryPoints: [program],
    outfile: path,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format,
    banner: { js: banner },
    logLevel: 'silent',
  })
  expect(warnings).toEqual([])
  return path
}

/** undici is CommonJS, which asks for Node's own modules by `require`; esbuild's documentation gives this line for it. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

/** The program printed the delivery that it got, and ended. */
async function expectDelivery(program: string): Promise<void> {
  const { printed } = await consumer.run(program)
  const { body, signature } = JSON.parse(printed) as { body: string; signature: string }
  expect(JSON.parse(body)).toMatchObject({
    hook: { event: 'book.added' },
    data: { title: 'The Two Towers', user_id: 1 },
  })
  expect(signature).toMatch(/^v1,/)
}

describe('the packed package', () => {
  it('has the built files, and nothing of the sources, tests or this machine', () => {
    const others = consumer.packed.filter(
      (path) => !/^dist\/[\w-]+(\.generated-[\w-]+)?(\.d)?\.(js|ts)$/.test(path),
    )
    expect(others).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']))
    expect(others.filter((path) => !/^(CHANGELOG\.md|LICENSE|README\.md|package\.json)$/.test(path))).toEqual(
      [],
    )
    for (const path of consumer.packed) {
      expect(readFileSync(join(consumer.installed, path), 'utf8'), path).not.toContain(root)
    }
  })

  it('has every file that its exports name', () => {
    const named = Object.values(consumer.manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    )
    expect(named.length).toBeGreaterThan(5)
    expect(consumer.packed).toEqual(expect.arrayContaining(named.map((path) => path.replace('./', ''))))
  })
})

describe('an application without better-sqlite3', () => {
  it('delivers as ES modules', async () => {
    await expectDelivery(consumer.write('app.mjs', esm))
  })

  it('delivers as CommonJS', async () => {
    await expectDelivery(consumer.write('app.cjs', commonJs))
  })

  it('delivers when esbuild has bundled it to CommonJS', async () => {
    await expectDelivery(await bundle(consumer.write('app.cjs', commonJs), 'bundled.cjs', 'cjs'))
  })

  it('delivers when esbuild has bundled it to an ES module', async () => {
    const program = esm.replace(/^(import \{ createRequire.*|const require =.*)$/gm, '')
    await expectDelivery(await bundle(consumer.write('app.mjs', program), 'bundled.mjs', 'esm', REQUIRE))
  })
})

describe('a receiver on the edge', () => {
  it('is bundled without a module of Node, from the built package', async () => {
    const program = consumer.write('receiver.mjs', "export { createReceiver } from 'hookwright/receiver'")
    const { metafile } = await build({
      entryPoints: [program],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'neutral',
      conditions: ['import'],
      logLevel: 'silent',
    })
    const imports = Object.values(metafile.inputs).flatMap((input) => input.imports)
    expect(imports.filter((one) => one.external === true)).toEqual([])
    expect(imports.filter(({ path }) => !path.includes('hookwright'))).toEqual([])
  })
})

describe('importing the package and creating hooks', () => {
  it('opens nothing: no file, no socket, no timer, not even SQLite', async () => {
    // The one peer dependency that is loaded with its subpath; it is not there for the tests above.
    consumer.link('@opentelemetry/api')
    const { printed, folder } = await consumer.run(consumer.write('importing.mjs', importing(specifiers())))
    expect(JSON.parse(printed)).toEqual({ open: [], sqlite: false })
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('two copies of the package in one process', () => {
  it('run one dispatcher on a database: the one that was started last', async () => {
    const program = consumer.write('copy.mjs', copy)
    await bundle(program, 'first.js', 'esm', REQUIRE)
    await bundle(program, 'second.js', 'esm', REQUIRE)
    consumer.write('package.json', '{ "type": "module" }')
    const { printed } = await consumer.run(consumer.write('two-copies.mjs', twoCopies))
    const { before, after, afterStop, log, same } = JSON.parse(printed)
    expect(same).toBe(false)
    expect(new Set(before)).toEqual(new Set(['first']))
    expect(new Set(after)).toEqual(new Set(['second']))
    expect(new Set(afterStop)).toEqual(new Set(['second']))
    expect(log).toContain('second: took over from another dispatcher in this process')
  })
})
