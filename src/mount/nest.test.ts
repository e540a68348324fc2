import 'reflect-metadata'
import {
  type CanActivate,
  type DynamicModule,
  type ExecutionContext,
  type INestApplication,
  UseGuards,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { HOOKS, HookwrightModule, type HookwrightModuleOptions, InjectHooks, type NestHooks } from './nest.ts'
import { echo, type Seen } from './test-echo.ts'

let app: INestApplication | undefined

afterEach(() => app?.close())

function testHooks() {
  const order: string[] = []
  const hooks: NestHooks = {
    ...echo,
    start: async () => void order.push('start'),
    close: async () => void order.push('close'),
  }
  return { hooks, order }
}

/** The module of an application with these. */
function application(imports: DynamicModule[], providers: DynamicModule['providers'] = []): DynamicModule {
  return { module: class Application {}, imports, providers }
}

describe.each([
  ['Express', () => undefined],
  ['Fastify', () => new FastifyAdapter()],
])('on %s', (_, adapter) => {
  async function open(module: DynamicModule, prepare: (app: INestApplication) => void = () => {}) {
    const given = adapter()
    const options = { logger: ['fatal', 'error'] as ('fatal' | 'error')[] }
    app = await (given === undefined
      ? NestFactory.create(module, options)
      : NestFactory.create(module, given, options))
    prepare(app)
    await app.listen(0, '127.0.0.1')
    const url = await app.getUrl()
    return (path: string, init?: RequestInit) => fetch(`${url}${path}`, init)
  }
  const forRoot = (options: Omit<HookwrightModuleOptions, 'hooks'> = {}) =>
    application([HookwrightModule.forRoot({ hooks: testHooks().hooks, path: 'api/hooks', ...options })])

  it('is where the path says, below the global prefix, and not of any version', async () => {
    const call = await open(forRoot(), (one) => {
      one.setGlobalPrefix('v/2')
      one.enableVersioning()
    })
    for (const path of [
      '/v/2/api/hooks',
      '/v/2/api/hooks/',
      '/v/2/api/hooks/1/',
      '/v/2/api/hooks/1/a/b/c?x=/1',
    ]) {
      const seen = (await (await call(path)).json()) as Seen
      expect(seen).toMatchObject({ path: path.split('?')[0], basePath: '/v/2/api/hooks' })
    }
    expect((await call('/api/hooks')).status).toBe(404)
  })

  it('is not there without a path', async () => {
    const call = await open(application([HookwrightModule.forRoot({ hooks: testHooks().hooks })]))
    expect((await call('/')).status).toBe(404)
  })

  it('sends cookies and streams', async () => {
    const call = await open(forRoot())
    const cookies = await call('/api/hooks/cookies')
    expect([cookies.status, cookies.headers.getSetCookie()]).toEqual([204, ['a=1; Path=/', 'b=2']])
    const stream = await call('/api/hooks/stream')
    expect([stream.status, await stream.text()]).toEqual([201, 'onetwothree'])
  })

  it('has the guards that it is given', async () => {
    class Closed implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        return context.switchToHttp().getRequest().headers['x-open'] === '1'
      }
    }
    const call = await open(forRoot({ decorators: [UseGuards(Closed)] }))
    expect((await call('/api/hooks/')).status).toBe(403)
    expect((await call('/api/hooks/', { headers: { 'x-open': '1' } })).status).toBe(200)
  })

  it('leaves what is thrown to Nest', async () => {
    const call = await open(forRoot())
    const quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    expect((await call('/api/hooks/error')).status).toBe(500)
    expect(quiet).toHaveBeenCalled()
  })
})

describe('hooks', () => {
  const injecting = (log: unknown[]) => {
    class Service {
      constructor(hooks: unknown) {
        log.push(hooks)
      }
    }
    InjectHooks()(Service, undefined, 0)
    return Service
  }
  const create = (module: DynamicModule) => NestFactory.create(module, { logger: false })

  it('are injected, and started and closed with the application if that is asked for', async () => {
    const { hooks, order } = testHooks()
    const log: unknown[] = []
    app = await create(application([HookwrightModule.forRoot({ hooks, start: true })], [injecting(log)]))
    expect(log).toEqual([hooks])
    expect(order).toEqual([])
    await app.init()
    expect(order).toEqual(['start'])
    await app.close()
    expect(order).toEqual(['start', 'close'])
    app = undefined
  })

  it('are not started unless asked for', async () => {
    const { hooks, order } = testHooks()
    app = await create(application([HookwrightModule.forRoot({ hooks })]))
    await app.init()
    expect(order).toEqual([])
  })

  it('are made from what Nest injects', async () => {
    const { hooks, order } = testHooks()
    const config = { provide: 'config', useValue: { url: 'sqlite' } }
    const log: unknown[] = []
    const useFactory = vi.fn(async (_config: { url: string }) => hooks)
    const module = HookwrightModule.forRootAsync({
      imports: [{ module: class Config {}, providers: [config], exports: ['config'] }],
      inject: ['config'],
      useFactory,
      path: 'api/hooks',
      start: true,
    })
    app = await create(application([module], [injecting(log)]))
    await app.listen(0, '127.0.0.1')
    expect(useFactory).toHaveBeenCalledExactlyOnceWith(config.useValue)
    expect([log, order]).toEqual([[hooks], ['start']])
    expect(app.get(HOOKS)).toBe(hooks)
    expect((await fetch(`${await app.getUrl()}/api/hooks/`)).status).toBe(200)
  })
})
