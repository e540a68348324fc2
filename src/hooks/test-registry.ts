import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineCatalog } from '../catalog/index.ts'
import { systemRandom } from '../core/random.ts'
import { type AddressPolicyOptions, createAddressPolicy } from '../outbound/index.ts'
import { sqlite } from '../store/sqlite/index.ts'
import { ensureFieldColumns } from './field-columns.ts'
import { defineFields } from './fields.ts'
import { createHookRegistry, type HookRegistryOptions } from './registry.ts'

/** The bookstore's events, as in drf-hooks' README. */
export const bookstore = {
  models: { Book: { table: 'book', owner: 'user_id' } },
  events: {
    'book.added': 'Book.created',
    'book.changed': 'Book.updated+',
    'book.removed': 'Book.deleted',
    'book.read': 'Book.read',
    'user.logged_in': null,
  },
} as const

export interface TestRegistryOptions extends Pick<HookRegistryOptions, 'onChange' | 'onChanged'> {
  fields?: unknown
  allow?: AddressPolicyOptions['allow']
}

/** For tests: a registry over a real database in a temporary folder, with a clock that the test sets. */
export async function openTestRegistry({ fields: option, allow, ...seams }: TestRegistryOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'hooks-'))
  const path = join(folder, 'hooks.db')
  const store = sqlite(path)
  await store.migrate()
  const fields = defineFields(option)
  await store.write(() => ensureFieldColumns(store, fields))
  const time = { now: Date.UTC(2026, 10, 24) }
  const clock = { now: () => time.now, timer: () => () => {} }
  const catalog = defineCatalog(bookstore)
  const policy = createAddressPolicy(allow === undefined ? {} : { allow })
  const options = { store, catalog, policy, clock, random: systemRandom, fields }
  const registry = createHookRegistry({ ...options, ...seams })
  return {
    ...options,
    registry,
    path,
    time,
    /** Removes the database. */
    async close() {
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type TestRegistry = Awaited<ReturnType<typeof openTestRegistry>>
