import { CompiledQuery } from 'kysely'
import type { Catalog, Model } from '../catalog/index.ts'
import { HookwrightError, hasCode, problem } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { exclusively } from '../store/exclusively.ts'
import type { PostgresStore } from '../store/postgres/index.ts'
import type { Store } from '../store/store.ts'
import { exec } from '../store/work.ts'
import type { ByKey } from './by-key.ts'
import type { CaptureDialect, Change, Findings, OwnersTable } from './dialect.ts'
import type { CaptureDrift, DriftKind } from './drift.ts'
import { createPostgresCapture } from './postgres/index.ts'
import { createSqliteCapture } from './sqlite/index.ts'
import { wantedModels } from './wanted.ts'

/** What was done to the triggers. */
export interface CaptureReport {
  /** The triggers that were created, by name; one that was replaced is in both lists. */
  readonly created: readonly string[]
  readonly dropped: readonly string[]
  /** Whether hookwright's own tables were missing and have been made again, empty. */
  readonly storeRestored: boolean
  /** What is still not as the catalog wants it, and needs somebody to look at. */
  readonly drift: readonly CaptureDrift[]
}

/** The triggers that notice changed rows, and reading rows as they do. */
export interface Capture extends ByKey {
  /**
   * Makes the triggers exactly as the catalog wants them; ours that no event wants are dropped. A second process that does
   * the same at the same moment waits, and then finds nothing to do.
   *
   * @throws `capture_failed` when a model does not fit the database; the triggers of the others are installed all the same
   * @throws `database_outdated` when hookwright's own tables are missing: `store.migrate()` comes first
   */
  install(): Promise<CaptureReport>
  /**
   * Looks for what is not as it should be. While the schema stays the same it is one read (of microseconds on SQLite, of a few
   * milliseconds on PostgreSQL), and gives the very array that it gave before.
   */
  check(): Promise<readonly CaptureDrift[]>
  /**
   * Puts right what `check` finds and can be put right, and logs it. It only adds: what a process with another catalog
   * installed stays. Where hookwright's own tables are gone, its triggers go first, so that the application's writes
   * work again; then the tables are made anew, empty, and the triggers installed again. Without need it writes nothing.
   *
   * An SQLite connection that has run into the missing tables sees that they are back once it runs any statement but that
   * one: SQLite looks for a newer schema when a statement runs, not when it fails to compile for a trigger's sake.
   */
  repair(): Promise<CaptureReport>
  /** The statements that `install` would run, taking for granted that hookwright's own tables are there. */
  plan(): Promise<string[]>
  /**
   * The columns of the key of a model's rows; none where it has no key, or where the table is gone. They are asked of the
   * database once, and again after `check` has seen another schema.
   */
  keyOf(model: Model): Promise<readonly string[]>
  /**
   * Drops every trigger of ours, and names them. SQLite refuses to drop a column that a trigger reads, so a migration may
   * want to do without them; `install` brings them back.
   */
  uninstall(): Promise<string[]>
}

export interface CaptureOptions {
  readonly store: Store
  readonly catalog: Catalog
  /** Whose deletion removes hooks. */
  readonly owners?: OwnersTable | undefined
  readonly logger: Logger
}

/** What `install` leaves nothing of. */
const curedByInstall: ReadonlySet<DriftKind> = new Set(['missing', 'outdated', 'conflict'])

const STORE_MISSING =
  "Some or all of hookwright's own tables were dropped, probably by a schema tool that does not know them, and what they held " +
  "is gone. Its triggers are dropped as well, so that the application's writes work, and the tables are made anew, empty. " +
  'Let the tool ignore '

/** What to keep a schema tool away from, and what connections need that ran into the missing tables. */
function storeMissing({ dialect, schema }: Store): string {
  if (dialect === 'postgres') return `${STORE_MISSING}the schema ${JSON.stringify(schema)}`
  return (
    `${STORE_MISSING}tables that begin with hookwright_. A connection whose writes failed meanwhile works again once it has ` +
    'read anything (SELECT 1 FROM a table), or is opened anew'
  )
}

/**
 * Capture for a catalog on a store. It opens nothing by itself.
 *
 * @example
 * ```ts
 * const capture = createCapture({ store, catalog, logger })
 * await store.migrate()
 * await capture.install()
 * if ((await capture.check()).length > 0) await capture.repair()
 * ```
 */
export function createCapture({ store, catalog, owners, logger }: CaptureOptions): Capture {
  const dialect = dialectOf(store)
  const models = wantedModels(catalog)
  let last: { schemaVersion: string | number; findings: Findings } | undefined
  let reported = ''
  const keys = new Map<Model, { schemaVersion: string | number | undefined; columns: readonly string[] }>()

  async function look(): Promise<Findings> {
    last = await store.read(function* () {
      // The version first: whatever changes while we look is seen by the next look.
      const schemaVersion = yield* dialect.schemaVersion(models, owners)
      if (schemaVersion === last?.schemaVersion) return last
      return { schemaVersion, findings: yield* dialect.inspect(models, owners) }
    })
    return last.findings
  }

  /** Finds out anew under the write lock, and acts on that. */
  function change(choose: (findings: Findings) => readonly Change[]) {
    return store.write(function* () {
      yield* exclusively(store, 'capture')
      const findings = yield* dialect.inspect(models, owners)
      const changes = choose(findings)
      for (const { sql } of changes) yield* exec(CompiledQuery.raw(sql))
      return { findings, ...namesOf(changes) }
    })
  }

  async function keyOf(model: Model): Promise<readonly string[]> {
    const schemaVersion = last?.schemaVersion
    const before = keys.get(model)
    if (before !== undefined && before.schemaVersion === schemaVersion) return before.columns
    const columns = await store.read(function* () {
      try {
        yield* dialect.describe(model)
        return dialect.keyColumns(model)
      } catch (error) {
        // An event may outlive its table.
        if (hasCode(error, 'capture_failed')) return []
        throw error
      }
    })
    keys.set(model, { schemaVersion, columns })
    return columns
  }

  function reportUnrepaired(drift: readonly CaptureDrift[]): void {
    const text = JSON.stringify(drift)
    if (text === reported) return
    reported = text
    for (const { message, ...fields } of drift) logger.error(fields, message)
  }

  return {
    describe: dialect.describe,
    readByKey: dialect.readByKey,
    keyColumns: dialect.keyColumns,
    sampleRow: dialect.sampleRow,
    keyOf,
    columns: dialect.columns,
    insertByKey: dialect.insertByKey,

    async install() {
      const { findings, created, dropped } = await change((found) =>
        found.storeMissing ? found.removal : found.install,
      )
      if (findings.storeMissing) {
        throw problem('database_outdated', {
          problem: "hookwright's own tables are missing",
          cure: 'Run hooks.migrate()',
        })
      }
      if (created.length + dropped.length > 0)
        logger.info({ created, dropped }, 'the capture triggers were installed')
      if (findings.notice !== undefined) logger.warn({}, findings.notice)
      const faults = findings.drift.filter(({ problem: kind }) => !curedByInstall.has(kind))
      if (faults.length > 0)
        throw new HookwrightError('capture_failed', faults.map(({ message }) => message).join('\n'))
      return { created, dropped, storeRestored: false, drift: [] }
    },

    async check() {
      return (await look()).drift
    },

    async repair() {
      const created: string[] = []
      const dropped: string[] = []
      let storeRestored = false
      const note = (done: { created: string[]; dropped: string[] }) => {
        created.push(...done.created)
        dropped.push(...done.dropped)
      }
      if ((await look()).storeMissing) {
        const removed = await change((found) => (found.storeMissing ? found.removal : []))
        note(removed)
        if (removed.findings.storeMissing) {
          logger.error({ dropped: removed.dropped }, storeMissing(store))
          await store.migrate()
          storeRestored = true
        }
      }
      const findings = await look()
      if (!findings.storeMissing && findings.repair.length > 0) {
        const repaired = await change((found) => (found.storeMissing ? found.removal : found.repair))
        note(repaired)
        const { drift } = repaired.findings
        for (const { message, ...fields } of drift.filter(({ repairable }) => repairable))
          logger.warn(fields, message)
        if (repaired.created.length + repaired.dropped.length > 0) {
          logger.warn(
            { created: repaired.created, dropped: repaired.dropped },
            'the capture triggers were repaired',
          )
        }
      }
      const drift = await look().then((left) => left.drift)
      reportUnrepaired(drift)
      return { created, dropped, storeRestored, drift }
    },

    async plan() {
      const { install } = await store.read(() => dialect.inspect(models, owners))
      return install.map(({ sql }) => sql)
    },

    async uninstall() {
      const { dropped } = await change((found) => found.removal)
      if (dropped.length > 0) logger.info({ dropped }, 'the capture triggers were removed')
      return dropped
    },
  }
}

function dialectOf(store: Store): CaptureDialect {
  if (store.dialect === 'sqlite') return createSqliteCapture()
  if (store.dialect === 'postgres') return createPostgresCapture(store as PostgresStore)
  throw problem('database_invalid', {
    field: 'database',
    value: store.dialect,
    problem: 'there are no capture triggers for this database yet',
    cure: 'Use sqlite() or postgres()',
  })
}

function namesOf(changes: readonly Change[]): { created: string[]; dropped: string[] } {
  const names = (wanted: Change['kind']) => {
    const concerned = changes.filter(({ kind }) => kind === wanted || kind === 'replace')
    return [...new Set(concerned.map(({ trigger }) => trigger))].sort()
  }
  return { created: names('create'), dropped: names('drop') }
}
