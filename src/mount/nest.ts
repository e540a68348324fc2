import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  All,
  Controller,
  type DynamicModule,
  Inject,
  type InjectionToken,
  type ModuleMetadata,
  type OptionalFactoryDependency,
  type Provider,
  Req,
  Res,
  type Type,
  VERSION_NEUTRAL,
} from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import { answerFastify, type FastifyReplyLike, type FastifyRequestLike } from './fastify-answer.ts'
import type { Handling } from './handling.ts'
import { answer } from './node-answer.ts'
import { basePathOf } from './place.ts'

/** What the module wants of `hooks`. */
export interface NestHooks extends Handling {
  start(): Promise<void>
  close(): Promise<void>
}

export interface HookwrightPlace {
  /**
   * Where the REST API is: `'api/hooks'`, below the application's global prefix, as the path of a controller. Without it there
   * is none, for a process that only delivers.
   */
  path?: string
  /** Whether the dispatcher runs in this process, from the application's bootstrap to its end. False unless told. */
  start?: boolean
  /** Decorators for the controller of the REST API: `[UseGuards(AuthGuard)]`. */
  decorators?: readonly ClassDecorator[]
}

export interface HookwrightModuleOptions extends HookwrightPlace {
  hooks: NestHooks
}

/** As {@link HookwrightModuleOptions}, with hooks that are made from what Nest injects. */
export interface HookwrightModuleAsyncOptions extends HookwrightPlace, Pick<ModuleMetadata, 'imports'> {
  inject?: (InjectionToken | OptionalFactoryDependency)[]
  // biome-ignore lint/suspicious/noExplicitAny: whatever `inject` names, as in Nest's own FactoryProvider
  useFactory: (...injected: any[]) => NestHooks | Promise<NestHooks>
}

/** The token of `hooks` among Nest's providers. The same for each copy of this module. */
export const HOOKS: symbol = Symbol.for('hookwright.hooks')

/**
 * Injects `hooks`.
 *
 * @example
 * ```ts
 * constructor(@InjectHooks() private readonly hooks: typeof import('./hooks.ts').hooks) {}
 * ```
 */
export function InjectHooks(): PropertyDecorator & ParameterDecorator {
  return Inject(HOOKS)
}

/**
 * Mounts the REST API in NestJS, on Express or on Fastify, and gives `hooks` to every module that injects it. Guards,
 * interceptors and the global prefix work as for a controller of the application's; `authenticate` gets the request that they
 * get. When the application shuts down, hooks are closed.
 *
 * @example
 * ```ts
 * @Module({ imports: [HookwrightModule.forRoot({ hooks, path: 'api/hooks', start: true })] })
 * class AppModule {}
 * ```
 */
// biome-ignore lint/complexity/noStaticOnlyClass: Nest knows a module by its class
export class HookwrightModule {
  /** With `hooks` of a file of the application's. */
  static forRoot({ hooks, ...place }: HookwrightModuleOptions): DynamicModule {
    return moduleOf(place, { provide: HOOKS, useValue: hooks })
  }

  /**
   * With hooks that are made when Nest has what they are made from.
   *
   * @example
   * ```ts
   * HookwrightModule.forRootAsync({
   *   path: 'api/hooks',
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => createHooks({ database: postgres(config.get('DATABASE_URL')), … }),
   * })
   * ```
   */
  static forRootAsync(options: HookwrightModuleAsyncOptions): DynamicModule {
    const { imports = [], inject = [], useFactory, ...place } = options
    return { imports, ...moduleOf(place, { provide: HOOKS, useFactory, inject }) }
  }
}

function moduleOf({ path, start = false, decorators = [] }: HookwrightPlace, hooks: Provider): DynamicModule {
  const lifecycle: Provider = {
    provide: Lifecycle,
    inject: [HOOKS],
    useFactory: (given: NestHooks) => new Lifecycle(given, start),
  }
  return {
    module: HookwrightModule,
    global: true,
    providers: [hooks, lifecycle],
    controllers: path === undefined ? [] : [controllerAt(path, decorators)],
    exports: [HOOKS],
  }
}

/** Nest calls these by their names. */
class Lifecycle {
  readonly #hooks: NestHooks
  readonly #start: boolean

  constructor(hooks: NestHooks, start: boolean) {
    this.#hooks = hooks
    this.#start = start
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.#start) await this.#hooks.start()
  }

  /** After the server has closed: what it was asked last is answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.#hooks.close()
  }
}

/** The decorators are called, because Node runs this file as it is and knows no decorators. */
function controllerAt(path: string, decorators: readonly ClassDecorator[]): Type {
  class HookwrightController {
    readonly hooks: NestHooks

    constructor(hooks: NestHooks, { httpAdapter }: HttpAdapterHost) {
      this.hooks = hooks
      // Nest passes a path on as it is written, and the two write a wildcard differently.
      All(['', httpAdapter.getType() === 'fastify' ? '*' : '*path'])(prototype, 'handle', handle)
    }

    handle(request: NestRequest, response: NestResponse): Promise<unknown> {
      if ('routeOptions' in request) {
        const { pathname } = new URL(request.url, 'http://localhost')
        const basePath = basePathOf(pathname, request.routeOptions.url ?? '')
        return answerFastify(this.hooks, request, response as FastifyReplyLike, basePath)
      }
      const { pathname } = new URL(request.originalUrl, 'http://localhost')
      const basePath = basePathOf(pathname, request.route.path)
      return answer(this.hooks, request, response as ServerResponse, basePath)
    }
  }
  const { prototype } = HookwrightController
  const handle = Object.getOwnPropertyDescriptor(prototype, 'handle') as PropertyDescriptor
  Inject(HOOKS)(HookwrightController, undefined, 0)
  Inject(HttpAdapterHost)(HookwrightController, undefined, 1)
  Req()(prototype, 'handle', 0)
  Res()(prototype, 'handle', 1)
  Controller({ path, version: VERSION_NEUTRAL })(HookwrightController)
  for (const decorate of decorators) decorate(HookwrightController)
  return HookwrightController
}

type NestRequest =
  | (FastifyRequestLike & { routeOptions: { url?: string } })
  | (IncomingMessage & { originalUrl: string; route: { path: string } })

type NestResponse = FastifyReplyLike | ServerResponse
