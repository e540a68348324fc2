import type { CaptureDialect } from '../dialect.ts'
import { createByKey, readSchemaVersion } from './by-key.ts'
import { inspect } from './compare.ts'

/** Capture on SQLite. */
export function createSqliteCapture(): CaptureDialect {
  return { ...createByKey(), schemaVersion: readSchemaVersion, inspect }
}
