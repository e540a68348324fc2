import type { HookFields } from '../catalog/index.ts'
import type {
  Attempt,
  AttemptOutcome,
  Delivery,
  DeliveryListOptions,
  Drained,
  DrainOptions,
} from '../dispatch/index.ts'
import type {
  EventListOptions,
  SendOptions,
  SentEvent,
  StoredEvent,
  TriggerOptions,
} from '../events/index.ts'
import type { HookRegistry } from '../hooks/index.ts'
import type { MigrateOptions, MigrationReport } from './migrate.ts'
import type { Pruned, PruneOptions } from './retention/index.ts'

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
> extends Omit<HookRegistry<keyof Data & string, Fields>, 'createOrGet'> {
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
  drain(options?: DrainOptions): Promise<Drained>
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
  prune(options?: PruneOptions): Promise<Pruned>
  /** Ends the dispatcher: attempts under way are finished and written down, the rest is left to the next start. */
  stop(): Promise<void>
  /** Ends the dispatcher and closes all connections. */
  close(): Promise<void>
  /**
   * Sends an event by hand. With a `tx` it is part of the caller's transaction: written when the call returns, and a mistake
   * is thrown at once, so that a synchronous transaction rolls back.
   *
   * @returns the event's id, with which the `webhook-id` of each delivery begins
   * @throws `event_unknown`, `owner_missing`, `payload_invalid`, `payload_not_json`, `event_invalid`, `transaction_invalid`
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
   * Makes one attempt of a delivery that `hook.deliver` has handed over.
   *
   * @param id a delivery's id
   * @throws `delivery_missing`
   */
  attempt(id: string): Promise<AttemptOutcome>
  /** Deliveries, the newest first. */
  deliveries(options?: DeliveryListOptions): Promise<Delivery[]>
  /** One delivery with its attempts. @throws `delivery_missing` */
  delivery(id: string): Promise<Delivery & { log: Attempt[] }>
  /** Events, the newest first; with `failing`, those whose serializer throws. */
  events(options?: EventListOptions): Promise<StoredEvent[]>
  /** Answers a request to the REST API. @param native the framework's own request, which `authenticate` gets too */
  handler(request: Request, native?: unknown): Promise<Response>
}
