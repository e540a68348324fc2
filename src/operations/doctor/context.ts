import type { Capture } from '../../capture/index.ts'
import type { Clock } from '../../core/clock.ts'
import type { HealthSettings } from '../../dispatch/health.ts'
import type { Dispatcher } from '../../dispatch/index.ts'
import type { FieldDefinitions } from '../../hooks/index.ts'
import type { Store } from '../../store/store.ts'
import type { RetentionSettings } from '../retention/settings.ts'
import type { HookScan } from './hook-scan.ts'

/** What the doctor looks at, and what it is told of the options. */
export interface DoctorContext {
  store: Store
  capture: Capture
  fields: FieldDefinitions
  /** The time that leases go by. */
  clock: Clock
  dispatcher: Pick<Dispatcher, 'running' | 'turnedAt'>
  /** Whether `start()` was called, and `stop()` not since. */
  isWanted: () => boolean
  health: HealthSettings
  settings: DoctorSettings
}

/** The same, for the checks of one examination. */
export interface Examination extends DoctorContext {
  /** Looks through the hooks, once for all that ask. */
  scan: () => Promise<HookScan>
}

/** Options of createHooks that are worth a word. */
export interface DoctorSettings {
  isEncrypted: boolean
  hasAuthenticate: boolean
  retention: RetentionSettings | false
  /** The option `allow`. */
  allow: readonly string[]
  httpsOnly: boolean
}
