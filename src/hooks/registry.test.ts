import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isSecret } from '../signature/keys.ts'
import { sqlite } from '../store/sqlite/index.ts'
import type { Store } from '../store/store.ts'
import { exec } from '../store/work.ts'
import { ensureFieldColumns } from './field-columns.ts'
import { defineFields } from './fields.ts'
import type { HookChange } from './hook-rows.ts'
import { createHookRegistry } from './registry.ts'
import type { HookRegistry } from './registry-types.ts'
import { openTestRegistry, type TestRegistry } from './test-registry.ts'

const target = 'https://example.com/target'
const fields = { isActive: { type: 'boolean', default: true }, plan: { type: 'string', nullable: true } }

let opened: TestRegistry
let hooks: HookRegistry<
  string,
  { values: { isActive: boolean; plan: string | null }; inputs: { isActive?: boolean; plan?: string | null } }
>
let changes: HookChange[]

beforeEach(async () => {
  changes = []
  opened = await openTestRegistry({
    fields,
    // biome-ignore lint/correctness/useYield: it only listens
    *onChange(change) {
      changes.push(change)
    },
  })
  hooks = opened.registry as unknown as typeof hooks
})

afterEach(() => opened.close())

/** What plain JavaScript may pass. */
const untyped = (value: unknown) => value as never

const listening = async () =>
  (await opened.store.db.selectFrom('listening').select('event').orderBy('event').execute()).map(
    ({ event }) => event,
  )

describe('retire', () => {
  const end = { cause: 'failing', reason: 'no success for days' } as const

  it('disables a hook with the cause and the reason', async () => {
    await hooks.create({ owner: 1, event: 'book.added', target })
    await hooks.retire(1, end)
    expect(await hooks.get(1)).toMatchObject({ disabledCause: 'failing', disabledReason: end.reason })
  })

  it('leaves alone what is missing, disabled already, or better by now', async () => {
    await hooks.create({ owner: 1, event: 'book.added', target })
    await hooks.retire(1, {
      ...end,
      *unless() {
        yield* []
        return true
      },
    })
    expect((await hooks.get(1))?.disabledAt).toBeNull()
    await hooks.disable(1, 'by hand')
    await hooks.retire(1, end)
    expect(await hooks.get(1)).toMatchObject({ disabledCause: 'manual', disabledReason: 'by hand' })
    await expect(hooks.retire(2, end)).resolves.toBeUndefined()
  })
})

describe('create', () => {
  it('makes a hook with the defaults', async () => {
    const hook = await hooks.create({ owner: 1, event: 'book.added', target })
    const now = new Date(opened.time.now)
    expect(hook).toEqual({
      id: 1,
      owner: '1',
      event: 'book.added',
      events: ['book.added'],
      target,
      createdAt: now,
      updatedAt: now,
      disabledAt: null,
      disabledReason: null,
      disabledCause: null,
      payload: null,
      filter: null,
      ordered: false,
      rateLimit: null,
      isActive: true,
      plan: null,
    })
    const [row] = await opened.store.db.selectFrom('hook').selectAll().execute()
    expect(JSON.parse(row?.headers ?? '')).toEqual({ 'Content-Type': 'application/json' })
    expect(isSecret(row?.secret ?? '')).toBe(true)
  })

  it('takes several events, each once', async () => {
    const hook = await hooks.create({
      owner: 1,
      events: ['user.logged_in', 'book.read', 'user.logged_in'],
      target,
    })
    expect(hook).toMatchObject({ event: 'book.read', events: ['book.read', 'user.logged_in'] })
    expect(await listening()).toEqual(['book.read', 'user.logged_in'])
  })

  it('tells the secret of a new hook only', async () => {
    const { hook, secret } = await hooks.createOrGet({ owner: 1, event: 'book.added', target })
    expect(await hooks.secrets(hook.id)).toEqual([secret])
    expect(await hooks.createOrGet({ owner: 1, event: 'book.added', target })).toEqual({
      hook,
      secret: undefined,
    })
  })

  it.each([
    [{ owner: undefined }, 'owner_missing', 'owner'],
    [{ event: 'book.aded' }, 'event_unknown', 'event'],
    [{ event: undefined }, 'hook_invalid', 'event'],
    [{ events: ['book.added'] }, 'hook_invalid', 'events'],
    [{ target: 'nowhere' }, 'target_invalid', 'target'],
    [{ target: undefined }, 'target_invalid', 'target'],
    [{ target: 'http://169.254.169.254/latest' }, 'target_refused', 'target'],
    [{ headers: { Host: 'x' } }, 'headers_invalid', 'headers'],
    [{ headers: null }, 'headers_invalid', 'headers'],
    [{ isActive: 'yes' }, 'hook_invalid', 'isActive'],
    [{ isActiv: true }, 'hook_invalid', 'isActiv'],
  ])('refuses %o', async (wrong, code, field) => {
    const given = { owner: 1, event: 'book.added', target, ...wrong }
    await expect(hooks.create(untyped(given))).rejects.toMatchObject({ code, field })
    expect(await hooks.list()).toEqual([])
    expect(await listening()).toEqual([])
  })
})

describe('an identical hook', () => {
  it('comes back instead of a second one', async () => {
    const first = await hooks.create({
      owner: 1,
      events: ['book.added', 'book.read'],
      target,
      headers: { 'X-A': '1', 'X-B': '2' },
    })
    opened.time.now += 1000
    expect(await hooks.create({ owner: '1', events: ['book.read', 'book.added'], target })).toEqual(first)
    const headers = { 'x-b': '2', 'x-a': '1' }
    expect(await hooks.create({ owner: 1n, events: ['book.added', 'book.read'], target, headers })).toEqual(
      first,
    )
  })

  it('is one that has everything that was given', async () => {
    const base = { owner: 1, event: 'book.added', target }
    await hooks.create(base)
    const others = [
      { ...base, owner: 2 },
      { ...base, event: 'book.read' },
      { owner: 1, events: ['book.added', 'book.read'], target },
      { ...base, target: `${target}/` },
      { ...base, headers: {} },
      { ...base, headers: { 'X-A': '1' } },
      { ...base, isActive: false },
      { ...base, plan: 'pro' },
    ]
    const ids = []
    for (const other of others) ids.push((await hooks.create(untyped(other))).id)
    expect(ids).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
    for (const [index, other] of others.entries()) {
      expect(await hooks.create(untyped(other))).toMatchObject({ id: index + 2 })
    }
    expect(await hooks.create({ ...base, plan: null })).toMatchObject({ id: 1 })
  })

  it('has null where null was given', async () => {
    const base = { owner: 1, event: 'book.added', target }
    await hooks.create({ ...base, plan: 'pro' })
    expect(await hooks.create({ ...base, plan: null })).toMatchObject({ id: 2 })
    expect(await hooks.create({ ...base, plan: null })).toMatchObject({ id: 2 })
  })

  it('does not make up for a field that is missing', async () => {
    const fields = defineFields({ tier: { type: 'string' } })
    await opened.store.write(() => ensureFieldColumns(opened.store, fields))
    const strict = createHookRegistry({ ...opened, fields })
    const base = { owner: 1, event: 'book.added', target }
    await strict.create({ ...base, ...{ tier: 'gold' } })
    await expect(strict.create(base)).rejects.toMatchObject({ code: 'hook_invalid', field: 'tier' })
  })

  it('is the oldest of several', async () => {
    const base = { owner: 1, event: 'book.added', target }
    await hooks.create({ ...base, headers: { 'X-A': '1' } })
    await hooks.create({ ...base, headers: { 'X-A': '2' } })
    expect(await hooks.create(base)).toMatchObject({ id: 1 })
  })

  it('is not one that was deleted', async () => {
    const base = { owner: 1, event: 'book.added', target }
    await hooks.create(base)
    await hooks.delete(1)
    expect(await hooks.create(base)).toMatchObject({ id: 2 })
  })

  it('is enabled again', async () => {
    const base = { owner: 1, event: 'book.added', target }
    await hooks.create(base)
    await hooks.disable(1, 'gone')
    opened.time.now += 1000
    expect(await hooks.create(base)).toMatchObject({
      id: 1,
      disabledAt: null,
      disabledReason: null,
      updatedAt: new Date(opened.time.now),
    })
    expect(changes).toMatchObject([
      { kind: 'disabled', ids: [1] },
      { kind: 'enabled', ids: [1] },
    ])
  })

  it('is made once when eight arrive at once, through two connections', async () => {
    const store = sqlite(opened.path)
    const other = createHookRegistry({ ...opened, store })
    const created = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        (index % 2 === 0 ? other : opened.registry).createOrGet({ owner: 1, event: 'book.added', target }),
      ),
    )
    expect(new Set(created.map(({ hook }) => hook.id))).toEqual(new Set([1]))
    expect(created.filter(({ secret }) => secret !== undefined)).toHaveLength(1)
    expect(await hooks.list()).toHaveLength(1)
    await store.close()
  })
})

describe('reading', () => {
  beforeEach(async () => {
    await hooks.create({ owner: 'alice', event: 'book.added', target })
    await hooks.create({ owner: 'bob', events: ['book.added', 'book.read'], target })
    await hooks.create({ owner: 'alice', event: 'book.read', target })
  })

  it("gives a hook, and another owner's as missing", async () => {
    expect(await hooks.get(2)).toMatchObject({ id: 2, owner: 'bob', events: ['book.added', 'book.read'] })
    expect(await hooks.get(2, { owner: 'bob' })).toMatchObject({ id: 2 })
    expect(await hooks.get(2, { owner: 'alice' })).toBeUndefined()
    expect(await hooks.get(99)).toBeUndefined()
    expect(await hooks.get(1.5)).toBeUndefined()
    expect(await hooks.get(Number.NaN)).toBeUndefined()
  })

  it('lists in the order of ids, narrowed and in pages', async () => {
    const ids = async (options?: Parameters<typeof hooks.list>[0]) =>
      (await hooks.list(options)).map(({ id }) => id)
    expect(await ids()).toEqual([1, 2, 3])
    expect(await ids({ owner: 'alice' })).toEqual([1, 3])
    expect(await ids({ event: 'book.read' })).toEqual([2, 3])
    expect(await ids({ owner: 'alice', event: 'book.read' })).toEqual([3])
    expect(await ids({ limit: 2 })).toEqual([1, 2])
    expect(await ids({ limit: 2, after: 2 })).toEqual([3])
    expect(await ids({ owner: 'nobody' })).toEqual([])
  })

  it('does not take an owner without a value for everybody', async () => {
    const nobody = untyped({ owner: undefined })
    await expect(hooks.get(1, nobody)).rejects.toMatchObject({ code: 'owner_missing' })
    await expect(hooks.list(nobody)).rejects.toMatchObject({ code: 'owner_missing' })
    await expect(hooks.update(1, {}, nobody)).rejects.toMatchObject({ code: 'owner_missing' })
    await expect(hooks.delete(1, nobody)).rejects.toMatchObject({ code: 'owner_missing' })
    await expect(hooks.secrets(1, nobody)).rejects.toMatchObject({ code: 'owner_missing' })
    await expect(hooks.rotateSecret(1, nobody)).rejects.toMatchObject({ code: 'owner_missing' })
    await expect(hooks.deleteAll(nobody)).rejects.toMatchObject({ code: 'owner_missing' })
    expect(await hooks.list()).toHaveLength(3)
  })

  it.each([{ limit: 0 }, { limit: 1.5 }, { after: '1' }, { event: 1 }])(
    'refuses to list by %o',
    async (options) => {
      await expect(hooks.list(untyped(options))).rejects.toMatchObject({ code: 'hook_invalid' })
    },
  )

  it('wants a number for an id', async () => {
    await expect(hooks.get(untyped('1'))).rejects.toMatchObject({ code: 'hook_invalid', field: 'id' })
  })

  it('shows neither headers nor secrets', async () => {
    const [secret] = await hooks.secrets(1)
    const shown = JSON.stringify([await hooks.get(1), await hooks.list()])
    expect(shown).not.toContain(secret)
    expect(shown).not.toContain('Content-Type')
  })
})

describe('update', () => {
  beforeEach(async () => {
    await hooks.create({
      owner: 'alice',
      events: ['book.added', 'book.read'],
      target,
      headers: { 'X-A': '1' },
    })
    opened.time.now += 1000
  })

  it('changes what is given and leaves the rest', async () => {
    const updated = await hooks.update(1, { target: 'https://example.com/new', isActive: false })
    expect(updated).toMatchObject({
      target: 'https://example.com/new',
      events: ['book.added', 'book.read'],
      isActive: false,
      updatedAt: new Date(opened.time.now),
      createdAt: new Date(opened.time.now - 1000),
    })
    expect(await hooks.get(1)).toEqual(updated)
    const headers = async () =>
      (await opened.store.db.selectFrom('hook').select('headers').executeTakeFirstOrThrow()).headers
    expect(JSON.parse(await headers())).toEqual({ 'X-A': '1' })
    await hooks.update(1, { headers: {} })
    expect(JSON.parse(await headers())).toEqual({})
  })

  it('changes the events, and what is listened to', async () => {
    expect(await hooks.update(1, { events: ['book.removed', 'book.read'] })).toMatchObject({
      event: 'book.removed',
      events: ['book.removed', 'book.read'],
    })
    expect(await listening()).toEqual(['book.read', 'book.removed'])
    expect(await hooks.update(1, { event: 'book.added' })).toMatchObject({ events: ['book.added'] })
    expect(await listening()).toEqual(['book.added'])
  })

  it("does not find what is missing, deleted or another owner's", async () => {
    const missing = { code: 'hook_missing' }
    await expect(hooks.update(1, { event: 'book.added' }, { owner: 'bob' })).rejects.toMatchObject(missing)
    await expect(hooks.update(99, {})).rejects.toMatchObject(missing)
    await hooks.delete(1)
    await expect(hooks.update(1, {})).rejects.toMatchObject(missing)
  })

  it.each([{ owner: 2 }, { id: 7 }, { secret: 'x' }, { event: 'nope' }, { events: [] }, { target: 'x' }])(
    'refuses %o',
    async (wrong) => {
      await expect(hooks.update(1, untyped(wrong))).rejects.toMatchObject({ status: 400 })
    },
  )
})

describe('delete', () => {
  it('keeps the row, and lets nobody listen any more', async () => {
    await hooks.create({ owner: 'alice', event: 'book.added', target })
    expect(await hooks.delete(1, { owner: 'bob' })).toBe(false)
    expect(await hooks.delete(1, { owner: 'alice' })).toBe(true)
    expect(await hooks.delete(1)).toBe(false)
    expect(await hooks.list()).toEqual([])
    expect(await listening()).toEqual([])
    expect(await opened.store.db.selectFrom('subscription').selectAll().execute()).toEqual([])
    expect(await opened.store.db.selectFrom('hook').select(['id', 'deleted_at']).execute()).toEqual([
      { id: 1, deleted_at: opened.time.now },
    ])
    expect(changes).toEqual([{ kind: 'deleted', ids: [1] }])
  })

  it("deletes all of an owner's hooks, and nobody else's", async () => {
    await hooks.create({ owner: 1, event: 'book.added', target })
    await hooks.create({ owner: 2, event: 'book.read', target })
    await hooks.create({ owner: 1, event: 'book.removed', target })
    expect(await hooks.deleteAll({ owner: '1' })).toBe(2)
    expect(await hooks.deleteAll({ owner: 1 })).toBe(0)
    expect((await hooks.list()).map(({ id }) => id)).toEqual([2])
    expect(await listening()).toEqual(['book.read'])
    expect(changes).toEqual([{ kind: 'deleted', ids: [1, 3] }])
  })

  it('happens wholly or not at all', async () => {
    const failing = createHookRegistry({
      ...opened,
      *onChange() {
        yield* exec(opened.store.db.deleteFrom('event'))
        throw new Error('no')
      },
    })
    await failing.create({ owner: 1, event: 'book.added', target })
    await expect(failing.delete(1)).rejects.toThrow('no')
    expect(await hooks.list()).toHaveLength(1)
    expect(await listening()).toEqual(['book.added'])
  })
})

describe('secrets', () => {
  beforeEach(async () => {
    await hooks.create({ owner: 1, event: 'book.added', target })
  })

  it('are two for a day after a rotation', async () => {
    const [before] = await hooks.secrets(1)
    const after = await hooks.rotateSecret(1)
    expect(isSecret(after)).toBe(true)
    expect(await hooks.secrets(1)).toEqual([after, before])
    opened.time.now += 24 * 60 * 60 * 1000 - 1
    expect(await hooks.secrets(1)).toEqual([after, before])
    opened.time.now += 1
    expect(await hooks.secrets(1)).toEqual([after])
  })

  it('may be given, and change over at once', async () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    expect(await hooks.rotateSecret(1, { secret, overlapMs: 0 })).toBe(secret)
    expect(await hooks.secrets(1)).toEqual([secret])
  })

  it('stay as they are when the given one is the one that is valid', async () => {
    const [before] = await hooks.secrets(1)
    const after = await hooks.rotateSecret(1)
    await hooks.rotateSecret(1, { secret: after })
    expect(await hooks.secrets(1)).toEqual([after, before])
  })

  it('are refused when malformed, without showing them', async () => {
    const given = hooks.rotateSecret(1, { secret: 'hunter2' })
    await expect(given).rejects.toMatchObject({ code: 'secret_invalid' })
    await expect(given).rejects.not.toMatchObject({ message: expect.stringContaining('hunter2') })
    await expect(hooks.rotateSecret(1, { overlapMs: -1 })).rejects.toMatchObject({ field: 'overlapMs' })
    await expect(hooks.rotateSecret(9)).rejects.toMatchObject({ code: 'hook_missing' })
    await expect(hooks.secrets(9)).rejects.toMatchObject({ code: 'hook_missing' })
    await expect(hooks.secrets(1, { owner: 2 })).rejects.toMatchObject({ code: 'hook_missing' })
  })
})

describe('disable and enable', () => {
  it('hold a hook back and set it free', async () => {
    await hooks.create({ owner: 1, event: 'book.added', target })
    const disabledAt = new Date(opened.time.now)
    expect(await hooks.disable(1)).toMatchObject({
      disabledAt,
      disabledReason: null,
      disabledCause: 'manual',
    })
    opened.time.now += 1000
    expect(await hooks.disable(1, 'broken')).toMatchObject({ disabledAt, disabledReason: 'broken' })
    expect(await hooks.disable(1)).toMatchObject({ disabledAt, disabledReason: 'broken' })
    expect(await listening()).toEqual(['book.added'])
    expect(await hooks.enable(1)).toMatchObject({ disabledAt: null, disabledReason: null })
    expect(await hooks.enable(1)).toMatchObject({ disabledAt: null })
    expect(changes.map(({ kind }) => kind)).toEqual(['disabled', 'enabled'])
    await expect(hooks.disable(2)).rejects.toMatchObject({ code: 'hook_missing' })
    await expect(hooks.enable(2)).rejects.toMatchObject({ code: 'hook_missing' })
  })
})

describe('onChanged', () => {
  it('is called for each change after its commit, with what was disabled and why', async () => {
    const order: string[] = []
    const told: HookChange[] = []
    const registry = createHookRegistry({
      ...opened,
      store: {
        ...storeOf(opened),
        async write(work, options) {
          const result = await opened.store.write(work, options)
          order.push('committed')
          return result
        },
      },
      // biome-ignore lint/correctness/useYield: it only listens
      *onChange() {
        order.push('within')
      },
      onChanged(change) {
        order.push('after')
        told.push(change)
      },
    })
    await registry.create({ owner: 1, events: ['book.read', 'hook.failing', 'book.added'], target })
    expect(order.splice(0)).toEqual(['committed'])
    await registry.disable(1, 'broken')
    expect(order).toEqual(['within', 'committed', 'after'])
    const hook = {
      id: 1,
      owner: '1',
      event: 'book.added',
      events: ['book.added', 'book.read', 'hook.failing'],
      target,
    }
    const disabled = [{ hook, cause: 'manual', reason: 'broken', disabledAt: new Date(opened.time.now) }]
    expect(told).toEqual([{ kind: 'disabled', ids: [1], disabled }])
    await registry.delete(1)
    expect(told.map(({ kind }) => kind)).toEqual(['disabled', 'deleted'])
  })

  it('is not called for what was rolled back, and once for what was run twice', async () => {
    let fails = true
    const onChanged = vi.fn()
    const registry = createHookRegistry({
      ...opened,
      store: {
        ...storeOf(opened),
        async write(work, options) {
          const rolledBack = opened.store.write(function* () {
            yield* work()
            throw new Error('rolled back')
          }, options)
          if (fails) return await rolledBack
          await rolledBack.catch(() => {})
          return await opened.store.write(work, options)
        },
      },
      onChanged,
    })
    await hooks.create({ owner: 1, event: 'book.added', target })
    await expect(registry.disable(1)).rejects.toThrow('rolled back')
    expect(onChanged).not.toHaveBeenCalled()
    fails = false
    await registry.disable(1)
    expect(onChanged).toHaveBeenCalledOnce()
  })
})

/** What the registry uses of a store, so that a test may run its transactions in another way. */
function storeOf({ store }: TestRegistry): Store {
  const { dialect, locks, schema, db } = store
  return { dialect, locks, schema, db } as Store
}
