import type { Kysely } from 'kysely'
import { createCapture } from './capture/index.ts'
import {
  type CheckedEvents,
  type DataOf,
  defineCatalog,
  type FieldsOf,
  type FieldsOption,
  type ModelsOption,
  type SendsOf,
  type TriggersOf,
} from './catalog/index.ts'
import { createCipher } from './core/cipher.ts'
import { consoleLogger, steadyLogger } from './core/logger.ts'
import { type DeadlineOptions, deadlineOf, wholeNumber } from './core/options.ts'
import { MAX_PAYLOAD_BYTES } from './core/payload-size.ts'
import { systemRandom } from './core/random.ts'
import { steadyTelemetry } from './core/steady-telemetry.ts'
import {
  attemptById,
  Dispatcher,
  dispatchSettings,
  getDelivery,
  listDeliveries,
  pageOfDeliveries,
  releaseParked,
} from './dispatch/index.ts'
import {
  insertOperational,
  Listeners,
  listEvents,
  operationalEventsOf,
  send,
  trigger,
} from './events/index.ts'
import { createHookRegistry, defineFields, type OwnerScope, signatureSettings } from './hooks/index.ts'
import { apiSettings, createHttpHandler, dashboardSettings, openApiDocument } from './http/index.ts'
import {
  BacklogReader,
  checkOptions,
  clockOf,
  type DoctorOptions,
  type EnableOptions,
  EventCatalog,
  enable,
  examine,
  type Hooks,
  hookHealth,
  Keeper,
  type MigrateOptions,
  migrate,
  Portal,
  type PortalOptions,
  Pruner,
  ReadinessCheck,
  type ReencryptOptions,
  type ReplayOptions,
  reencrypt,
  replay,
  retentionSettings,
  retry,
  SEAMS,
  type Seams,
  type StatisticsOptions,
  sampleBodies,
  statistics,
  type TestEventOptions,
  testEvent,
  transportOf,
} from './operations/index.ts'
import type { HooksOptions } from './options.ts'
import { connectionSettings, createAddressPolicy, createTransport } from './outbound/index.ts'
import { first } from './store/work.ts'

/**
 * Gives an application REST Hooks. The options are checked at once; nothing is opened before it is used.
 *
 * @throws `option_invalid`, `database_invalid`: the option, the value and the cure are in the message
 * @example
 * ```ts
 * export const hooks = createHooks({
 *   database: sqlite('bookstore.db'),
 *   models: { Book: { table: 'book', owner: 'user_id' } },
 *   events: { 'book.added': 'Book.created', 'user.logged_in': null },
 * })
 * await hooks.migrate()
 * await hooks.start()
 * ```
 */
export function createHooks<
  const Models extends ModelsOption = Record<never, never>,
  const Events extends CheckedEvents<Models, Events> = Record<never, never>,
  const Fields extends FieldsOption = Record<never, never>,
>(
  options: HooksOptions<Models, Events, Fields>,
): Hooks<DataOf<Models, Events>, SendsOf<Models, Events>, TriggersOf<Models, Events>, FieldsOf<Fields>> {
  checkOptions(options)
  const { database: store, hook = {} } = options
  const logger = steadyLogger(options.logger ?? consoleLogger)
  const telemetry = steadyTelemetry(options.telemetry, logger)
  const catalog = defineCatalog(options)
  const fields = defineFields(hook.fields)
  const connection = connectionSettings(options.connection)
  const { httpsOnly, userAgent } = connection
  const policy = createAddressPolicy({ ...addresses(options), httpsOnly })
  const settings = dispatchSettings(options.dispatch)
  const retention = retentionSettings(options.retention)
  const signature = signatureSettings(options.signature)
  const cipher = createCipher(options.encryptionKey)
  const maxPayloadBytes = wholeNumber(options.maxPayloadBytes, 'maxPayloadBytes', MAX_PAYLOAD_BYTES)
  const api = apiSettings(options.api)
  const dashboard = dashboardSettings(options.dashboard) ?? false
  const random = systemRandom

  const { concurrency: maxConnections, connectionsPerOrigin } = settings
  const newTransport = () => createTransport({ policy, maxConnections, connectionsPerOrigin, connection })
  const seams: Omit<Seams, 'dispatcher'> = {
    clock: store.clock,
    transport: newTransport(),
    idHeader: signature.headers.id,
  }
  const clock = clockOf(seams)
  const transport = transportOf(seams)
  const capture = createCapture({ store, catalog, owners: options.owners, logger })
  const listeners = new Listeners(logger)
  const registry = createHookRegistry({
    store,
    catalog,
    policy,
    clock,
    random,
    fields,
    cipher,
    signature,
    *onChange(change) {
      const now = clock.now()
      yield* releaseParked(store, change, now)
      yield* insertOperational(store, random, operationalEventsOf(change), now)
    },
    onChanged(change) {
      dispatcher.wake()
      for (const { hook: disabled, cause } of change.disabled ?? []) {
        logger.warn({ hook: disabled.id, cause }, `hook ${disabled.id} was disabled`)
      }
      for (const { name, data } of operationalEventsOf(change)) listeners.emit(name, data)
    },
  })
  const payload = hook.payload
  const { createOrGet: _, checkNew: __, checkChanges: ___, retire, ...hooks } = registry
  const attempting = {
    store,
    catalog,
    fields,
    settings,
    payload,
    signature,
    cipher,
    maxPayloadBytes,
    transport,
    listeners,
    retire,
    clock,
    random,
    logger,
    userAgent,
    telemetry,
  }
  const dispatcher = new Dispatcher({
    ...attempting,
    prepare: {
      store,
      catalog,
      find: hook.find as never,
      db: store.applicationDb as Kysely<never>,
      keyOf: capture.keyOf,
      maxPayloadBytes,
    },
    deliver: hook.deliver,
    // An older copy of this module, whose place another takes, must not keep up triggers that are of yesterday.
    onStop: () => {
      endObserving()
      void keeper.stop()
      void pruner.stop()
    },
  })
  const byHand = {
    store,
    catalog,
    fields,
    capture,
    clock,
    random,
    maxPayloadBytes,
    find: hook.find as never,
    db: store.applicationDb as Kysely<never>,
    // What is older is not sent again: it may be pruned at any moment.
    oldestMs: retention === false ? Number.POSITIVE_INFINITY : retention.keepMs,
    wake: () => dispatcher.wake(),
  }
  const sender = {
    store,
    catalog,
    clock,
    random,
    capture,
    maxPayloadBytes,
    telemetry,
    wake: () => dispatcher.wake(),
  }
  const keeper = new Keeper({
    store,
    capture,
    fields,
    clock,
    logger,
    onUnsafe: (error) => {
      logger.error({ err: error }, 'the dispatcher stops, because going on would corrupt the database')
      void dispatcher.stop()
    },
  })
  const pruner = new Pruner({ store, settings: retention, clock, logger, telemetry })
  const backlog = new BacklogReader({ store, clock, logger })
  const readiness = new ReadinessCheck({ store, clock, dispatcher, isWanted: () => isWanted })
  /** Whether start() was called, and stop() not since. */
  let isWanted = false
  let endObserving = () => {}
  const examined = {
    store,
    capture,
    fields,
    clock,
    dispatcher,
    isWanted: () => isWanted,
    health: settings.health,
    settings: {
      isEncrypted: options.encryptionKey !== undefined,
      hasAuthenticate: options.authenticate !== undefined,
      retention,
      allow: options.allow ?? [],
      httpsOnly,
    },
  }
  /** Attempts under way by `hooks.attempt(id)`. */
  let inFlightById = 0
  const operations = {
    enable: (id: number, enableOptions?: EnableOptions) => enable({ ...byHand, registry }, id, enableOptions),
    retry: (id: string, retryOptions?: OwnerScope) => retry(byHand, id, retryOptions),
    replay: (replayOptions: ReplayOptions) => replay(byHand, replayOptions),
    test: (hookId: number, testOptions?: TestEventOptions) => testEvent(byHand, hookId, testOptions),
    health: (id: number, scope?: OwnerScope) => hookHealth({ registry, store }, id, scope),
    delivery: (id: string, scope?: OwnerScope) => getDelivery(store, id, scope, payload),
    stats: (statsOptions?: StatisticsOptions) => statistics({ store, clock }, statsOptions),
  }
  const portal = new Portal({ store, cipher, clock, random, logger, basePath: options.basePath })
  const events = new EventCatalog({ store, capture, catalog, clock, find: byHand.find })
  const bodies = typeof payload === 'function' ? 'own' : (payload ?? 'envelope')
  const handler = createHttpHandler({
    events: {
      describe: (owner, names) => events.describe(owner, names),
      samples: (name, owner) =>
        sampleBodies({ ...byHand, events, payload, timeoutMs: settings.timeoutMs, logger }, name, owner),
    },
    docs: options.docs,
    dashboard,
    bodies,
    registry,
    operations: {
      ...operations,
      page: (listing, budget) => pageOfDeliveries(store, listing, budget),
    },
    catalog,
    policy,
    fields,
    signature,
    authenticate: options.authenticate,
    authorize: options.authorize,
    grantOf: (token) => portal.grantOf(token),
    api,
    basePath: options.basePath,
    logger,
    checkHealth: () => readiness.check(),
  })

  /** Counts calls of start() and stop(): only the last one has its way. */
  let starts = 0
  const whole = {
    ...hooks,
    migrate: (migrateOptions?: MigrateOptions) => migrate({ store, fields, capture }, migrateOptions),
    uninstall: () => capture.uninstall(),
    async start() {
      starts += 1
      const start = starts
      isWanted = true
      await store.open()
      store.verify()
      // Without tables the keeper would make them, empty: a database that was never migrated is a mistake.
      await store.read(() => first(store.db.selectFrom('lane').select('hook_id').limit(1)))
      await keeper.check()
      // The database may take its time, and stop() come meanwhile.
      if (start !== starts) return
      await telemetry.detached(() => dispatcher.start())
      if (!dispatcher.running) return
      telemetry.detached(() => {
        keeper.start()
        pruner.start()
      })
      endObserving()
      endObserving = telemetry.observe({
        inFlight: () => dispatcher.inFlight + inFlightById,
        backlog: () => backlog.read(),
      })
    },
    async drain(drainOptions?: DeadlineOptions) {
      const deadlineMs = deadlineOf(drainOptions, 'drain')
      await store.open()
      store.verify()
      const endsAt = clock.now() + deadlineMs
      const drained = await dispatcher.drain(deadlineMs)
      // A scheduled function may be frozen once this returns, with a listener's e-mail half sent.
      await listeners.settled(clock, endsAt - clock.now())
      return drained
    },
    reencrypt: (reencryptOptions?: ReencryptOptions) => reencrypt({ store, cipher, clock }, reencryptOptions),
    prune: (pruneOptions?: DeadlineOptions) => pruner.prune(pruneOptions),
    async stop() {
      starts += 1
      isWanted = false
      await keeper.stop()
      await pruner.stop()
      await dispatcher.stop()
    },
    async close() {
      await whole.stop()
      const { transport: closing } = seams
      // Everything opens again when it is used again.
      seams.transport = newTransport()
      await closing.close()
      await store.close()
    },
    send: (name: string, data: unknown, sendOptions: never) => send(sender, name, data, sendOptions),
    trigger: (action: string, key: unknown, triggerOptions?: object) =>
      trigger(sender, action, key, triggerOptions),
    on: listeners.on.bind(listeners),
    async attempt(id: string) {
      inFlightById += 1
      const outcome = await attemptById(attempting, id).finally(() => {
        inFlightById -= 1
      })
      // There is room for the hook's next delivery, and the dispatcher does not notice writes of its own connection.
      if (outcome.attempted) dispatcher.wake()
      return outcome
    },
    ...operations,
    portal: (portalOptions: PortalOptions) => portal.link(portalOptions),
    endPortals: () => portal.end(),
    readiness: () => readiness.check(),
    doctor: (doctorOptions?: DoctorOptions) => examine(examined, doctorOptions),
    deliveries: (listOptions?: object) => listDeliveries(store, listOptions),
    catalog: () => events.describe(),
    events: (listOptions?: object) => listEvents(store, listOptions),
    async openapi({ server = '/' }: { server?: string } = {}) {
      return openApiDocument({
        events: await events.describe(),
        fields,
        server,
        bodies,
        signature,
      })
    },
    handler,
  }
  Object.defineProperty(whole, SEAMS, { value: Object.assign(seams, { dispatcher }) })
  return whole as never
}

function addresses({ allow, deny }: { allow?: readonly string[]; deny?: readonly string[] }) {
  return { ...(allow === undefined ? {} : { allow }), ...(deny === undefined ? {} : { deny }) }
}
