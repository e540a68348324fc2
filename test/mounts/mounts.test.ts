import { describe } from 'vitest'
import { guide, serve } from './application.ts'
import { mountSuite } from './mount.suite.ts'

const snippet = (name: string): string => {
  const code = guide.get(name)
  if (code === undefined) throw new Error(`docs/guides/mounting.md has no snippet ${name}`)
  return code
}

/** The snippet of the guide, with something in it exchanged that must be there. */
function changed(code: string, ...pairs: [from: string, to: string][]): string {
  return pairs.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`The snippet has no ${from} any more`)
    return text.replaceAll(from, to)
  }, code)
}

describe('node:http', () => {
  mountSuite(() => serve(snippet('node.ts')), { native: 'rawHeaders', found: true })
})

describe('node:http, told where the mount is', () => {
  const told = "node({ handler: (request, native) => hooks.handler(request, native, '/api/hooks') })"
  mountSuite(() => serve(changed(snippet('node.ts'), ['node(hooks)', told])), { native: 'rawHeaders' })
})

const expressNative = 'rawHeaders,baseUrl'

describe('Express', () => {
  mountSuite(() => serve(snippet('express.ts')), { native: expressNative })
})

describe('Express, behind its parsers', () => {
  const parsers = 'app.use(createApp.json(), createApp.urlencoded())\napp.use('
  mountSuite(() => serve(changed(snippet('express.ts'), ['app.use(', parsers])), {
    native: expressNative,
    parsed: true,
  })
})

describe('Express, behind parsers that only read', () => {
  const parsers =
    "app.use(createApp.raw({ type: 'application/*' }), createApp.text({ type: '*/*' }))\napp.use("
  mountSuite(() => serve(changed(snippet('express.ts'), ['app.use(', parsers])), {
    native: expressNative,
    parsed: true,
  })
})

describe('Express, in routers below a path with parameters that is called like a route', () => {
  const nested = `const outer = createApp.Router()
const inner = createApp.Router()
outer.use('/:version/', inner)
inner.use('/events', express(hooks))
app.use('/t/:tenant', outer)`
  mountSuite(() => serve(changed(snippet('express.ts'), ["app.use('/api/hooks', express(hooks))", nested])), {
    prefix: '/t/%C3%A9/2/events',
    native: expressNative,
  })
})

describe('Fastify', () => {
  mountSuite(() => serve(snippet('fastify.ts')), { native: 'routeOptions', undecodable: 400 })
})

describe('Fastify, with parsers of the application, below a path with a parameter', () => {
  const parsers = `Fastify({ bodyLimit: 10 })
app.removeAllContentTypeParsers()
app.addContentTypeParser(/^application/, { parseAs: 'string' }, (_request, _body, done) => done(new Error('no')))`
  const code = changed(snippet('fastify.ts'), ['Fastify()', parsers], ['/api/hooks', '/t/:tenant/2/events'])
  mountSuite(() => serve(code), { prefix: '/t/%C3%A9/2/events', native: 'routeOptions', undecodable: 400 })
})

describe('Hono', () => {
  mountSuite(() => serve(snippet('hono.ts')), { native: 'var' })
})

describe('Hono, behind middleware that has read the body, below a path with a parameter', () => {
  const route = `app.use(async (c, next) => {
  if (c.req.header('content-type') === 'application/json') await c.req.text()
  else if (c.req.header('content-type')) await c.req.parseBody()
  await next()
})
app.basePath('/t/:tenant').route('/2/events', hono(hooks))`
  const code = changed(snippet('hono.ts'), ["app.route('/api/hooks', hono(hooks))", route])
  mountSuite(() => serve(code), { prefix: '/t/%C3%A9/2/events', native: 'var', read: true })
})

const nest = snippet('nest.ts')
const quiet: [string, string] = [
  'NestFactory.create(AppModule',
  "NestFactory.create(AppModule, { logger: ['error', 'fatal'] }",
]
const onFastify: [string, string] = [
  'NestFactory.create(AppModule',
  'NestFactory.create(AppModule, new FastifyAdapter()',
]
const quietOnFastify: [string, string] = [
  'new FastifyAdapter()',
  "new FastifyAdapter(), { logger: ['error', 'fatal'] }",
]
const adapter = "import { FastifyAdapter } from '@nestjs/platform-fastify'\n"

describe('NestJS on Express', () => {
  mountSuite(() => serve(changed(nest, quiet)), {
    native: expressNative,
    parsed: true,
    undecodable: 400,
  })
})

describe('NestJS on Fastify', () => {
  mountSuite(() => serve(adapter + changed(nest, onFastify, quietOnFastify)), {
    native: 'routeOptions',
    parsed: true,
    undecodable: 400,
    multipart: false,
  })
})

const prefixed: [string, string][] = [
  ["path: 'api/hooks'", "path: 'events'"],
  ['app.enableShutdownHooks()', "app.enableShutdownHooks()\napp.setGlobalPrefix('api/2')"],
]

describe('NestJS on Express, with a global prefix and without parsers', () => {
  const code = changed(nest, quiet, ...prefixed, ['{ logger:', '{ bodyParser: false, logger:'])
  mountSuite(() => serve(code), { prefix: '/api/2/events', native: expressNative, undecodable: 400 })
})

describe('NestJS on Fastify, with a global prefix and raw bodies', () => {
  const code = changed(nest, onFastify, quietOnFastify, ...prefixed, [
    '{ logger:',
    '{ rawBody: true, logger:',
  ])
  mountSuite(() => serve(adapter + code), {
    prefix: '/api/2/events',
    native: 'routeOptions',
    parsed: true,
    undecodable: 400,
    multipart: false,
  })
})
