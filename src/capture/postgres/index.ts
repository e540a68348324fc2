import type { CaptureDialect } from '../dialect.ts'
import { createByKey } from './by-key.ts'
import { type InspectOptions, inspect } from './compare.ts'
import { readVersion } from './version.ts'

/** Capture on PostgreSQL. */
export function createPostgresCapture(options: InspectOptions): CaptureDialect {
  return {
    ...createByKey(options.schema),
    schemaVersion(models, owners) {
      const related = models.flatMap(({ model: { owner } }) =>
        typeof owner === 'object' ? [owner.table] : [],
      )
      const tables = models.map(({ model }) => model.table)
      return readVersion(options.schema, [
        ...tables,
        ...related,
        ...(owners === undefined ? [] : [owners.table]),
      ])
    },
    inspect: (models, owners) => inspect(options, models, owners),
  }
}
