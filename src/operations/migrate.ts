import type { Capture, CaptureReport } from '../capture/index.ts'
import { refuseUnknownOptions } from '../core/options.ts'
import { ensureFieldColumns, type FieldDefinitions, planFieldColumns } from '../hooks/index.ts'
import type { Store } from '../store/store.ts'

export interface MigrateOptions {
  /** Changes nothing, and gives the statements that would be run, for teams whose migrations are reviewed. */
  dryRun?: boolean
  /** Whether the triggers are installed; true unless told. */
  triggers?: boolean
}

export interface MigrationReport extends CaptureReport {
  /** With `dryRun`, the statements in their order, without semicolons; otherwise empty. */
  readonly statements: readonly string[]
}

const NO_TRIGGERS: CaptureReport = { created: [], dropped: [], storeRestored: false, drift: [] }

/** Brings the database to what this version and the options want: the tables, the columns of the fields, the triggers. */
export async function migrate(
  { store, fields, capture }: { store: Store; fields: FieldDefinitions; capture: Capture },
  options: MigrateOptions = {},
): Promise<MigrationReport> {
  refuseUnknownOptions(options, ['dryRun', 'triggers'], 'migrate')
  const { dryRun = false, triggers = true } = options
  if (dryRun) {
    const statements = [
      ...(await store.planMigration()),
      ...(await store.read(() => planFieldColumns(store, fields))),
      ...(triggers ? await capture.plan() : []),
    ]
    return { ...NO_TRIGGERS, statements }
  }
  await store.migrate()
  await store.write(() => ensureFieldColumns(store, fields))
  return { ...(triggers ? await capture.install() : NO_TRIGGERS), statements: [] }
}
