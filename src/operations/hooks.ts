import type { HookFields, OperationalName } from '../catalog/index.ts'
import type { DeadlineOptions } from '../core/options.ts'
import type {
  AttemptOutcome,
  Delivery,
  DeliveryDetails,
  DeliveryListOptions,
  Drained,
} from '../dispatch/index.ts'
import type {
  EventListOptions,
  OperationalListener,
  SendOptions,
  SentEvent,
  StoredEvent,
  TriggerOptions,
} from '../events/index.ts'
import type { Hook, HookRegistry, OwnerScope } from '../hooks/index.ts'
import type { DoctorOptions, Finding } from './doctor/index.ts'
import type { EventDescription } from './event-catalog.ts'
import type { HookHealth } from './health.ts'
import type { MigrateOptions, MigrationReport } from './migrate.ts'
import type { PortalLink, PortalOptions } from './portal/index.ts'
import type { Readiness } from './readiness.ts'
import type { Reencrypted, ReencryptOptions } from './reencrypt.ts'
import type { Replayed } from './replay.ts'
import type { ReplayOptions } from './replay-options.ts'
import type { Pruned } from './retention/index.ts'
import type { RetryOutcome } from './retry.ts'
import type { Statistics, StatisticsOptions } from './statistics/index.ts'
import type { TestEventOptions } from './test-event.ts'

/**
 * What `createHooks` gives: the hooks of an application, and everything that is done with them.
 *
 * `Data`, `Sends` and `Triggers` are flat maps that were computed from the options: each event's data as it arrives, what
 * `send` takes for it, and the key that `trigger` takes for each action.
 */
export interface Hooks<
  Data extends object = object,
  Sends extends object = object,
  Triggers extends object = object,
  Fields extends HookFields = HookFields,
> extends Omit<
    HookRegistry<(keyof Data & string) | OperationalName, Fields>,
    'createOrGet' | 'checkNew' | 'checkChanges' | 'retire' | 'enable'
  > {
  /**
   * Makes or updates hookwright's own tables, and the triggers on the captured tables. Safe when several processes do so
   * at once, and quick when there is nothing to do.
   *
   * @param options `dryRun` changes nothing and gives the SQL; `triggers: false` leaves the triggers to those who install
   * them by a migration of their own
   * @throws `capture_failed` when a model does not fit its table, `database_invalid`, `database_busy`, `database_unavailable`
   * @example
   * ```ts
   * const { statements } = await hooks.migrate({ dryRun: true })
   * await writeFile('hookwright.sql', statements.map((sql) => `${sql};\n`).join(''))
   * ```
   */
  migrate(options?: MigrateOptions): Promise<MigrationReport>
  /**
   * Drops the triggers, for a schema change that they stand in the way of: SQLite refuses to drop a column that a trigger
   * reads. Changes go unnoticed until `migrate()` brings them back. Stop the dispatcher before: it would put them back itself.
   *
   * @returns the names of what was dropped
   */
  uninstall(): Promise<string[]>
  /**
   * Starts the dispatcher in this process. It also repairs triggers that a schema tool has dropped.
   *
   * @throws `database_outdated` before `migrate()`, `sqlite_libraries`, `database_invalid`
   */
  start(): Promise<void>
  /**
   * Delivers what is due and returns: for a cron route or a scheduled function, instead of a process that runs. What failed
   * is tried again by a later call, when its time has come. Several at once, or beside a running dispatcher, share the work.
   *
   * @param options `deadlineMs`: how long it may take, in milliseconds; 50,000 unless told
   * @throws `database_outdated` before `migrate()`, `database_unavailable`, `option_invalid`
   * @example
   * ```ts
   * export async function GET() {
   *   return Response.json(await hooks.drain({ deadlineMs: 25_000 }))
   * }
   * ```
   */
  drain(options?: DeadlineOptions): Promise<Drained>
  /**
   * Removes events, deliveries and attempts that are older than the option `retention` says, now: for a cron route or a
   * scheduled function. While a dispatcher runs, it does so by itself. It goes in small steps and rests between them; what
   * it does not come to is left to a later call. One process at a time: beside another it does nothing.
   *
   * @param options `deadlineMs`: how long it may take, in milliseconds; 50,000 unless told
   * @throws `database_outdated` before `migrate()`, `database_unavailable`, `option_invalid`, also with `retention: false`
   * @example
   * ```ts
   * const { deliveries, finished } = await hooks.prune({ deadlineMs: 25_000 })
   * ```
   */
  prune(options?: DeadlineOptions): Promise<Pruned>
  /** Ends the dispatcher: attempts under way are finished and written down, the rest is left to the next start. */
  stop(): Promise<void>
  /** Ends the dispatcher and closes all connections. */
  close(): Promise<void>
  /**
   * Sends an event by hand. With a `tx` it is part of the caller's transaction: written when the call returns, and a mistake
   * is thrown at once, so that a synchronous transaction rolls back.
   *
   * @returns the event's id, with which the `webhook-id` of each delivery begins
   * @throws `event_unknown`, `owner_missing`, `payload_invalid`, `payload_not_json`, `payload_too_large`, `event_invalid`,
   * `transaction_invalid`
   * @example
   * ```ts
   * await hooks.send('user.logged_in', { username }, { owner: user.id })
   * ```
   */
  send<Name extends keyof Sends & string>(
    name: Name,
    payload: Sends[Name],
    options: SendOptions,
  ): Promise<SentEvent>
  /**
   * Fires a model's action for the row of a key: a custom action, or a built-in one again.
   *
   * @throws `action_unknown`, `key_invalid`, `row_missing`, `owner_missing`, `transaction_invalid`
   * @example
   * ```ts
   * await hooks.trigger('Book.read', book.id)
   * ```
   */
  trigger<Action extends keyof Triggers & string>(
    action: Action,
    key: Triggers[Action],
    options?: TriggerOptions,
  ): Promise<void>
  /**
   * Calls `listener` for each event of hookwright's own that this process notices: when a hook was disabled, is failing or has
   * recovered, when a delivery arrived or has failed for good. It is called after the commit; what it throws is logged. A
   * process that is killed between the two does not call: who must not miss an event subscribes a hook to it.
   *
   * @returns a function that ends it
   * @throws `event_unknown`, `option_invalid`
   * @example
   * ```ts
   * hooks.on('hook.disabled', ({ hook, reason }) => mail(hook.owner, `No more events for ${hook.target}: ${reason}`))
   * ```
   */
  on<Name extends OperationalName>(name: Name, listener: OperationalListener<Name>): () => void
  /**
   * Makes one attempt of a delivery that `hook.deliver` has handed over.
   *
   * @param id a delivery's id
   * @throws `delivery_missing`
   */
  attempt(id: string): Promise<AttemptOutcome>
  /**
   * Lets a hook have deliveries again: those that wait for it, and with `replaySince` whatever else it has missed since then.
   *
   * @throws `hook_missing`, `option_invalid`
   * @example
   * ```ts
   * await hooks.enable(hook.id, { replaySince: hook.disabledAt })
   * ```
   */
  enable(id: number, options?: EnableOptions): Promise<Hook<keyof Data & string, Fields['values']>>
  /**
   * Sends one delivery again, at once and with the same `webhook-id`. One that has failed, was cancelled or delivered begins
   * its schedule of retries anew; one that waits for its next attempt does not wait any longer.
   *
   * @returns `retried: false` for an accidental second click: while an attempt is under way, while one is to come that was
   * asked for before, and within 5 seconds of that
   * @throws `delivery_missing`, `hook_missing` where the hook was deleted
   * @example
   * ```ts
   * const { retried, status } = await hooks.retry(delivery.id, { owner: user.id })
   * ```
   */
  retry(id: string, options?: OwnerScope): Promise<RetryOutcome>
  /**
   * Sends again what has failed, of one hook, of all, or of all of an owner; with `what: 'missed'` everything that one hook did
   * not get, events included that it had no delivery of although it listens to them now. What is pending is left alone, so a
   * second call does nothing. A disabled hook gets it once it is enabled.
   *
   * @throws `hook_missing`, `option_invalid`; whatever `hook.find` throws
   * @example
   * ```ts
   * const since = new Date(Date.now() - 3_600_000)
   * const { deliveries } = await hooks.replay({ hookId: hook.id, since, what: 'missed' })
   * ```
   */
  replay(options: ReplayOptions): Promise<Replayed>
  /**
   * Tries a hook out: an event is made for it alone. Its data is what you give, or that of the newest event of this name and
   * owner, or made up. A second call for the same event within 2 seconds gives the first one's id.
   *
   * @returns the id of the delivery
   * @throws `hook_missing`, `hook_disabled`, `event_unknown`, `event_invalid` for one that the hook does not listen to,
   * `payload_invalid`, `payload_not_json`, `payload_too_large`, `sample_missing`
   * @example
   * ```ts
   * const { id } = await hooks.test(hook.id)
   * ```
   */
  test<Name extends keyof Sends & string>(
    hookId: number,
    options?: TestEventOptions<Name, Sends[Name]>,
  ): Promise<{ id: string }>
  /**
   * Encrypts secrets and headers of all hooks, deleted ones included, with the first key of the option `encryptionKey`: after
   * it was given first, and after each change of the key. Safe while everything runs.
   *
   * @param options how long it may take; `decrypt: true` writes plain text, for when the option is to be taken away
   * @returns how many hooks were written anew, and whether all are as they should be
   * @throws `option_invalid` without the option; `decryption_failed`, once all others are done, where a key is missing
   * @example
   * ```ts
   * while (!(await hooks.reencrypt()).finished);
   * ```
   */
  reencrypt(options?: ReencryptOptions): Promise<Reencrypted>
  /**
   * Makes a link that opens the dashboard for one owner, without anything else to sign in with: for an iframe, or an e-mail.
   * Whoever has the link sees that owner's hooks and deliveries, and changes them unless it is `readOnly`, until it ends.
   *
   * @param options `owner`; `readOnly`, false unless told; `expiresInMs` in milliseconds, an hour unless told and 7 days at
   * the most; `url`, where the API is mounted
   * @returns `url` for a browser; `token` for `Authorization: Bearer …`, which the REST API takes for that owner's;
   * `expiresAt`
   * @throws `option_invalid`, `owner_missing`, `hook_invalid` for what is no owner, `decryption_failed` where a key of
   * `encryptionKey` is missing
   * @example
   * ```ts
   * const { url } = await hooks.portal({ owner: user.id, url: 'https://app.example.com/api/hooks' })
   * return `<iframe src="${url}" title="Webhooks"></iframe>`
   * ```
   */
  portal(options: PortalOptions): Promise<PortalLink>
  /**
   * Ends all portal links that there are: at once in this process, within 10 seconds in others. Links that are made from then
   * on are good.
   *
   * @throws `database_unavailable`, `database_outdated`
   * @example
   * ```ts
   * await hooks.endPortals()
   * ```
   */
  endPortals(): Promise<void>
  /**
   * How a hook fares: whether its attempts succeed, and if not, since when and when the next one is.
   *
   * @throws `hook_missing`
   */
  health(id: number, options?: OwnerScope): Promise<HookHealth>
  /**
   * How much there is to do at this moment, and how attempts went over a time: the last 24 hours in 24 parts unless told. Of
   * one hook, of one owner, or of all. It is bounded in what it looks at, however much there is: see `complete`.
   *
   * @throws `option_invalid`, `hook_missing`, `hook_invalid`, `database_unavailable`, `database_outdated`
   * @example
   * ```ts
   * const { now, total } = await hooks.stats({ since: new Date(Date.now() - 3_600_000) })
   * console.log(`${now.deliveries.due} due; ${total.failed} of ${total.attempts} attempts have failed in the last hour`)
   * ```
   */
  stats(options?: StatisticsOptions): Promise<Statistics>
  /**
   * Whether this process can do its work: the database answers within 2 seconds and has its tables, and if `start()` was
   * called, the dispatcher lives. For load balancers and orchestrators; `GET /health` of the REST API tells the same. It never
   * rejects.
   *
   * @example
   * ```ts
   * const { ready, reasons } = await hooks.readiness()
   * response.writeHead(ready ? 200 : 503).end(reasons.join(' '))
   * ```
   */
  readiness(): Promise<Readiness>
  /**
   * Examines everything that hooks need: database, triggers, clock, workers, failing hooks, settings; each finding with its
   * cure. It changes nothing, and takes some seconds at the most: a check that fails or hangs says so in a finding of its own.
   * `hookwright doctor` prints the same.
   *
   * @param options `timeoutMs`: how long each check may take, in milliseconds; 5,000 unless told
   * @returns the findings, those included that all is well
   * @throws `option_invalid`
   * @example
   * ```ts
   * for (const { state, message, cure } of await hooks.doctor()) {
   *   if (state !== 'ok') console.warn(state, message, cure ?? '')
   * }
   * ```
   */
  doctor(options?: DoctorOptions): Promise<Finding[]>
  /**
   * Deliveries, the newest first. Those of one hook, or of an owner's, are found along the primary key; a filter beside that
   * looks at all of them until there are enough.
   *
   * @throws `option_invalid`, `owner_missing`, `hook_invalid`; `delivery_missing` for an `after` that is none, or is removed
   * @example
   * ```ts
   * const page = await hooks.deliveries({ owner: user.id, status: 'failed', limit: 20 })
   * const next = await hooks.deliveries({ owner: user.id, status: 'failed', limit: 20, after: page.at(-1)?.id ?? '' })
   * ```
   */
  deliveries(options?: DeliveryListOptions): Promise<Delivery[]>
  /** One delivery with the body that is posted and its attempts. @throws `delivery_missing` */
  delivery(id: string, options?: OwnerScope): Promise<Delivery & DeliveryDetails>
  /**
   * What the catalog has: each event with where it comes from, the JSON Schema of its data and an example, hookwright's own
   * events too. It reads the columns of the captured tables, and no rows.
   *
   * @throws `capture_failed`, `database_unavailable`
   * @example
   * ```ts
   * for (const { name, description } of await hooks.catalog()) console.log(name, description)
   * ```
   */
  catalog(): Promise<EventDescription[]>
  /** Events, the newest first; with `failing`, those whose serializer throws. */
  events(options?: EventListOptions): Promise<StoredEvent[]>
  /**
   * Describes the REST API and what subscribers get, as OpenAPI 3.1: what `openapi.json` below the mount gives. It reads the
   * columns of the captured tables, and no rows.
   *
   * @param options `server`: where the API is mounted, a path or a whole URL; `/` unless told
   * @throws `capture_failed`, `database_unavailable`
   * @example
   * ```ts
   * await writeFile('hooks.openapi.json', JSON.stringify(await hooks.openapi({ server: '/api/hooks' }), null, 2))
   * ```
   */
  openapi(options?: { server?: string }): Promise<object>
  /**
   * Answers a request to the REST API. It never rejects, and needs no `this`.
   *
   * @param native the framework's own request, which `authenticate` gets too
   * @param basePath where the API is mounted, `'/api/hooks'`, of whoever knows it; it counts more than the option of this
   * name. Without either it is found from the path
   * @example
   * ```ts
   * Bun.serve({ routes: { '/api/hooks/*': (request) => hooks.handler(request, undefined, '/api/hooks') } })
   * ```
   */
  handler(request: Request, native?: unknown, basePath?: string): Promise<Response>
}

export interface EnableOptions extends OwnerScope {
  /** Everything that the hook has missed since this time is sent too: see `replay`. */
  replaySince?: Date | null
}
