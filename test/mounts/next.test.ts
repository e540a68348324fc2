import { spawn } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { transform } from 'esbuild'
import { afterAll, beforeAll, describe } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { Consumer } from '../bundlers/package.ts'
import { freePort, guide, type Served, session, start } from './application.ts'
import { mountSuite } from './mount.suite.ts'

const ROUTE = 'app/api/hooks/[[...path]]/route.ts'
const EVENTS = 'app/[tenant]/events/[[...path]]/route.ts'

/** An application that has installed the package as it is published, and is built as its users build it. */
const consumer = new Consumer()

beforeAll(async () => {
  await consumer.install()
  for (const name of ['next', 'react', 'react-dom']) {
    symlinkSync(join(root, 'node_modules', name), join(consumer.folder, 'node_modules', name), 'junction')
  }
  // Without TypeScript, whose newest version Next does not know: it would install another one.
  const write = async (name: string, code = '') => {
    mkdirSync(join(consumer.folder, dirname(name)), { recursive: true })
    consumer.write(name.replace(/\.ts$/, '.js'), (await transform(code, { loader: 'ts' })).code)
  }
  await write('hooks.ts', guide.get('hooks.ts')?.replace('./session.ts', './session'))
  await write('session.ts', session)
  await write('instrumentation.ts', guide.get('instrumentation.ts'))
  await write(ROUTE, guide.get(ROUTE))
  await write(EVENTS, guide.get(ROUTE))
  consumer.write('package.json', '{"type":"module"}')
  // The packages are links into this repository.
  const config = {
    basePath: '/shop',
    skipTrailingSlashRedirect: true,
    turbopack: { root: '/' },
    // Most of a build's 17 seconds of CPU goes into React for the browser, which nobody looks at here.
    experimental: { turbopackMinify: false, turbopackSourceMaps: false },
  }
  consumer.write('next.config.mjs', `export default ${JSON.stringify(config)}`)
  await next('build')
}, 240_000)

afterAll(() => consumer.remove())

const bin = join(root, 'node_modules/next/dist/bin/next')

async function next(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: consumer.folder,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 150_000,
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const output = (await Promise.all([text(child.stdout), text(child.stderr)])).join('')
  if ((await ended) !== 0) throw new Error(`next ${args.join(' ')} has failed:\n${output}`)
}

async function served(): Promise<Served> {
  const port = await freePort()
  const args = [bin, 'start', '-p', String(port)]
  const one = await start(process.execPath, args, { folder: consumer.folder, port, remove: () => {} })
  await one.printed('Ready in')
  return one
}

const traits = {
  native: 'nextUrl',
  undecodable: 500,
  redirects: true,
  headLength: false,
  compresses: true,
} as const

describe('Next.js, with a base path', () => {
  mountSuite(served, { ...traits, prefix: '/shop/api/hooks' })
})

describe('Next.js, below a segment with a parameter, called like a route', () => {
  mountSuite(served, { ...traits, prefix: '/shop/2/events' })
})
