import type { Work } from '../store/work.ts'
import type { ByKey } from './by-key.ts'
import type { CaptureDrift } from './drift.ts'
import type { WantedModel } from './wanted.ts'

/** What each database does in its own way. */
export interface CaptureDialect extends ByKey {
  /** A value that is another one after every change of the schema that matters to these tables. */
  schemaVersion(models: readonly WantedModel[], owners?: OwnersTable): Work<string | number>
  /** Compares the database with what the catalog wants. */
  inspect(models: readonly WantedModel[], owners?: OwnersTable): Work<Findings>
}

/** The application's table of owners: the hooks of one who is deleted go too. */
export interface OwnersTable {
  table: string
  /** The column whose values are the owners of hooks. */
  key: string
}

/** One statement on a trigger, or (`prepare`) on what triggers need. */
export interface Change {
  readonly kind: 'create' | 'drop' | 'replace' | 'prepare'
  readonly trigger: string
  readonly sql: string
}

/** What a look at the database found. */
export interface Findings {
  /** Whether the tables that the triggers use are missing. */
  readonly storeMissing: boolean
  readonly drift: readonly CaptureDrift[]
  /** What whoever installs should know, though nothing is wrong. */
  readonly notice?: string | undefined
  /** Makes the triggers exactly as the catalog wants them, given the tables that they use. */
  readonly install: readonly Change[]
  /** Adds what our catalog misses, and takes nothing away that another process may want. */
  readonly repair: readonly Change[]
  /** Drops every trigger of ours. */
  readonly removal: readonly Change[]
}
