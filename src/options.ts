import type { SelectQueryBuilder } from 'kysely'
import type { OwnersTable } from './capture/index.ts'
import type { CheckedModels, EventsOption, FieldsOption, FieldValues } from './catalog/index.ts'
import type { Logger } from './core/logger.ts'
import type { Telemetry } from './core/telemetry.ts'
import type { DispatchOptions, PayloadEvent } from './dispatch/index.ts'
import type { FindContext } from './events/index.ts'
import type { Hook, PayloadForm, SignatureOptions } from './hooks/index.ts'
import type { ApiOptions, Authenticate, Authorize, DashboardOptions, DocsOption } from './http/index.ts'
import type { RetentionOptions } from './operations/index.ts'
import type { ConnectionOption } from './outbound/index.ts'
import type { Store } from './store/store.ts'
import type { Tables } from './store/tables.ts'

/** What `createHooks` takes. */
export interface HooksOptions<Models, Events, Fields extends FieldsOption> {
  /** Where hookwright keeps its state, and where the captured tables are: `sqlite(…)`. Opened at first use. */
  database: Store
  /** The tables whose changes are events. */
  models?: CheckedModels<Models>
  /** The events that hooks can subscribe to, and where each comes from. */
  events: EventsOption<Models, Events>
  /** The application's users or organisations, as `{ table, key }`: the hooks of one who is deleted are removed. */
  owners?: OwnersTable
  /** What the application changes about hooks. */
  hook?: HookOptions<Fields>
  /** Who calls the REST API. While it is left out, nobody is let in. */
  authenticate?: Authenticate
  /** Whether a caller of the REST API may do what they ask for. While it is left out, they may do everything with their hooks. */
  authorize?: Authorize
  /** What callers of the REST API are held to: hooks, requests and bytes, and pages of other origins. */
  api?: ApiOptions
  /** Addresses that hooks may lead to although they are not on the public internet: `['127.0.0.1/32', 'app.internal']`. */
  allow?: readonly string[]
  /** Addresses that hooks must not lead to in any case, such as the application's own host. */
  deny?: readonly string[]
  /** How targets are connected to: https only, HTTP/2, certificates, a proxy, the user agent. */
  connection?: ConnectionOption
  /** How deliveries are made: concurrency, time limits, retries. */
  dispatch?: DispatchOptions
  /** How deliveries are signed: HMAC-SHA256 in the headers of Standard Webhooks if left out. */
  signature?: SignatureOptions
  /**
   * Encrypts secrets and headers of hooks in the database: 32 bytes in base64 or hexadecimal. Of several keys the first
   * encrypts, and all decrypt.
   */
  encryptionKey?: string | readonly string[]
  /** The most that an event's data may have, in bytes as JSON: 1,048,576 unless told. `send` throws beyond it. */
  maxPayloadBytes?: number
  /** For how long events, deliveries and attempts are kept: 30 days if left out, for ever with `false`. */
  retention?: RetentionOptions | false
  /** Where the REST API is mounted; found from each request if left out. */
  basePath?: string
  /** Who sees the API's documents, `openapi.json` and `docs`: those whom `authenticate` knows if left out. */
  docs?: DocsOption
  /** The page below `/ui` for people: its title, its looks, where it may be framed; `false` for none. */
  dashboard?: DashboardOptions | false
  /** Where trouble is reported to: pino, or anything like it. The console if left out. */
  logger?: Logger
  /** What watches over it: `openTelemetry()` of `hookwright/opentelemetry`. Nobody if left out. */
  telemetry?: Telemetry
}

/** drf-hooks' AbstractHook, as options. */
export interface HookOptions<Fields extends FieldsOption> {
  /** Fields of the application's own: columns, in the API and in TypeScript. */
  fields?: Fields
  /** Narrows down, with `where` conditions, which of the hooks that listen hear of an event. */
  find?: (query: FindQuery<FieldValues<Fields>>, event: FindContext) => { toOperationNode(): unknown }
  /**
   * The body of a POST, for hooks that do not choose one themselves: `envelope` as drf-hooks has it, which is so unless told;
   * `standard` as Standard Webhooks has it; `thin`, which tells the row's key alone; or what a function makes, which may be
   * asynchronous.
   */
  payload?: PayloadForm | ((hook: Hook<string, FieldValues<Fields>>, event: PayloadEvent) => unknown)
  /** Hands deliveries over, by their ids, to a queue of the application's, whose worker calls `hooks.attempt(id)`. */
  deliver?: (ids: string[]) => unknown
}

type FindQuery<Values> = SelectQueryBuilder<{ hook: Tables['hook'] & Values }, 'hook', { id: number }>
