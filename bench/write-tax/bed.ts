import { createHooks, silentLogger } from 'hookwright'
import type { Store } from '../../src/store/store.ts'
import type { Sample } from '../interleave.ts'
import type { OperationName, VariantDefinition } from './variants.ts'

/** One database with the table, in which one variant is measured. */
export interface Bed {
  variant: VariantDefinition
  /**
   * Writes for so many milliseconds.
   *
   * @param durable whether each commit waits for the disk
   * @returns rows a second
   */
  measure(operation: OperationName, ms: number, durable: boolean): Promise<Sample>
  close(): Promise<void>
}

/** hookwright as an application sets it up on that table. */
export interface Captured {
  /** What runs beside the writes while they are measured. */
  start(): Promise<void>
  stop(): Promise<void>
  close(): Promise<void>
}

/** Installs what a variant wants. The table must be there. */
export async function capture(database: Store, variant: VariantDefinition): Promise<Captured | undefined> {
  if (variant.capture === 'none') return undefined
  const hooks = createHooks({
    database,
    models: { Book: { table: 'book', owner: 'user_id' } },
    events: { 'book.added': 'Book.created', 'book.changed': 'Book.updated' },
    logger: silentLogger,
  })
  await hooks.migrate()
  if (variant.heard) {
    const target = 'https://example.com/target'
    await hooks.create({ owner: 1, event: 'book.added', target })
    await hooks.create({ owner: 1, event: 'book.changed', target })
  }
  return {
    async start() {
      if (variant.dispatcher) await hooks.start()
    },
    stop: () => hooks.stop(),
    close: () => hooks.close(),
  }
}
