import { afterEach, expect, it } from 'vitest'
import { sqlite } from '../store/sqlite/index.ts'
import { ensureFieldColumns } from './field-columns.ts'
import { defineFields } from './fields.ts'
import { createHookRegistry } from './registry.ts'
import { openTestRegistry, type TestRegistry } from './test-registry.ts'

let opened: TestRegistry

afterEach(() => opened.close())

const target = 'https://example.com/target'

async function openWithHook(fields: unknown = {}) {
  opened = await openTestRegistry({ fields })
  await opened.registry.create({ owner: 1, event: 'book.added', target })
}

/** The registry that the application has after a change of its option. */
async function withFields(option: unknown) {
  const fields = defineFields(option)
  const added = await opened.store.write(() => ensureFieldColumns(opened.store, fields))
  return { added, registry: createHookRegistry({ ...opened, fields }) }
}

it('keeps typed values in columns of their own', async () => {
  opened = await openTestRegistry({
    fields: {
      isActive: { type: 'boolean', default: true },
      priority: { type: 'integer' },
      weight: { type: 'number', default: 0.5 },
      note: { type: 'string', nullable: true },
    },
  })
  const given = {
    owner: 1,
    event: 'book.added',
    target,
    priority: 2 ** 53 - 1,
    isActive: false,
    weight: 3,
    note: "it's",
  }
  const hook = await opened.registry.create(given)
  expect(hook).toMatchObject({ isActive: false, priority: 2 ** 53 - 1, weight: 3, note: "it's" })
  expect(await opened.registry.get(hook.id)).toEqual(hook)
  expect(
    await opened.registry.create({ owner: 2, event: 'book.added', target, ...{ priority: 1 } }),
  ).toMatchObject({
    isActive: true,
    weight: 0.5,
    note: null,
  })
  const column = opened.store.db.dynamic.ref<never>('isActive')
  const active = await opened.store.db
    .selectFrom('hook')
    .select('owner')
    .where(column, '=', true as never)
    .execute()
  expect(active).toEqual([{ owner: '2' }])
})

it('adds a field later, with its default for the hooks that exist', async () => {
  await openWithHook()
  const { added, registry } = await withFields({
    isActive: { type: 'boolean', default: true },
    note: { type: 'string', default: "it's" },
  })
  expect(added).toEqual(['isActive', 'note'])
  expect(await registry.list()).toMatchObject([{ isActive: true, note: "it's" }])
})

it('changes nothing the second time, and keeps the column of a field that was taken out', async () => {
  await openWithHook({ note: { type: 'string', default: 'a' } })
  expect((await withFields({})).added).toEqual([])
  const { added, registry } = await withFields({ note: { type: 'string', default: 'b' } })
  expect(added).toEqual([])
  expect(await registry.list()).toMatchObject([{ note: 'a' }])
})

it('fills what was null once a field may not be null any more', async () => {
  await openWithHook({ note: { type: 'string', nullable: true } })
  const { registry } = await withFields({ note: { type: 'string', default: 'none' } })
  const column = opened.store.db.dynamic.ref<never>('note')
  expect(await opened.store.db.selectFrom('hook').select(column).execute()).toEqual([{ note: 'none' }])
  expect(await registry.list()).toMatchObject([{ note: 'none' }])
})

it('refuses a field that existing hooks would lack, and adds no column', async () => {
  await openWithHook()
  await expect(withFields({ plan: { type: 'string' } })).rejects.toMatchObject({
    code: 'option_invalid',
    field: 'hook.fields.plan',
    message: expect.stringContaining('Give the field a default'),
  })
  expect((await withFields({ plan: { type: 'string', nullable: true } })).added).toEqual(['plan'])
})

it('refuses a field whose column has another type', async () => {
  await openWithHook({ plan: { type: 'string', nullable: true } })
  await expect(withFields({ plan: { type: 'integer', default: 1 } })).rejects.toMatchObject({
    code: 'option_invalid',
    field: 'hook.fields.plan.type',
    message: expect.stringContaining('"text"'),
  })
})

it('says so when the tables are not there', async () => {
  opened = await openTestRegistry()
  const empty = sqlite(`${opened.path}-empty`)
  await expect(empty.write(() => ensureFieldColumns(empty, defineFields()))).rejects.toMatchObject({
    code: 'database_outdated',
  })
  await empty.close()
})

it('sees a column that another process has added meanwhile', async () => {
  await openWithHook()
  const other = sqlite(opened.path)
  const fields = defineFields({ plan: { type: 'string', default: 'free' } })
  const registry = createHookRegistry({ ...opened, fields })
  await other.write(() => ensureFieldColumns(other, fields))
  expect(await registry.list()).toMatchObject([{ plan: 'free' }])
  await other.close()
})
