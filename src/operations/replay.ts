import { breath } from '../core/breath.ts'
import { inChunks } from '../core/chunks.ts'
import type { Clock } from '../core/clock.ts'
import { problem } from '../core/errors.ts'
import { addByHand, beginAnew } from '../dispatch/again.ts'
import { finishedOf, hooksWithDeliveries, resendable, type Wanted } from '../dispatch/failed.ts'
import { dataOfEvent, isFound, type PrepareContext, spanOf, type Unheard, unheard } from '../events/index.ts'
import { eventsOf, type FieldDefinitions, type HookRow, selectHooks } from '../hooks/index.ts'
import { locking } from '../store/lock-rows.ts'
import type { Store } from '../store/store.ts'
import { first, rows, type Work } from '../store/work.ts'
import { checkReplay, type ReplayOptions, type ReplayTask } from './replay-options.ts'
import { siftEvents } from './sifted.ts'

export interface ReplayContext extends Pick<PrepareContext, 'find'> {
  store: Store
  fields: FieldDefinitions
  clock: Clock
  /** How old an event may be, in milliseconds: what is about to be pruned is not sent again. */
  oldestMs: number
  /** Called when something is due. */
  wake: () => void
}

/** What came of `replay`. */
export interface Replayed {
  /** How many deliveries are sent again; with `dryRun`, how many would be. */
  deliveries: number
}

/** Deliveries in one transaction: it holds no lock for long, and dispatchers go on between one and the next. */
const CHUNK = 500

/**
 * Sends again what has failed, or what a hook has missed. It goes chunk by chunk, each in a transaction of its own: killed at
 * any point and called again, it goes on with the rest, because what is pending is left alone.
 *
 * @throws `hook_missing`, `option_invalid`, `owner_missing`; whatever `hook.find` throws
 */
export async function replay(context: ReplayContext, options: ReplayOptions): Promise<Replayed> {
  const task = checkReplay(options)
  const { store, clock } = context
  await store.open()
  const since = Math.max(task.since, clock.now() - context.oldestMs)
  const until = task.until ?? Number.MAX_SAFE_INTEGER
  const hook = task.hookId === undefined ? undefined : await hookOf(context, task.hookId, task.owner)
  const span = await store.read(() => spanOf(store, since, task.until))
  const wanted: Wanted = {
    statuses: task.what === 'missed' ? ['failed', 'cancelled'] : ['failed'],
    since,
    until,
  }
  let deliveries = 0
  const hookIds = hook === undefined ? hooksWithDeliveries(store, span, task.owner) : [hook.id]
  for await (const hookId of hookIds) {
    for await (const seqs of finishedOf(store, hookId, span, wanted)) {
      for (const chunk of inChunks(seqs, CHUNK))
        deliveries += await sendAgain(context, task, hookId, chunk, wanted)
    }
  }
  if (hook === undefined || task.what === 'failed') return { deliveries }

  const events = (await store.read(() => eventsOf(store, [hook.id]))).get(hook.id) ?? []
  const listener = { hookId: hook.id, owner: hook.owner, events, since, until }
  for await (const found of unheard(store, span, listener)) {
    for (const chunk of inChunks(found, CHUNK)) deliveries += await addMissing(context, task, hook.id, chunk)
  }
  return { deliveries }
}

async function sendAgain(
  context: ReplayContext,
  task: ReplayTask,
  hookId: number,
  finished: readonly number[],
  wanted: Wanted,
): Promise<number> {
  const { store, clock } = context
  if (task.dryRun) {
    const seqs = task.what === 'missed' ? (await siftEvents(store, hookId, finished)).seqs : finished
    const found = await store.read(() => rows(resendable(store, hookId, seqs, wanted, clock.now())))
    await breath()
    return found.length
  }
  function* again(hook: HookRow, seqs: readonly number[], now: number): Work<number> {
    // It waits for whoever has one of them, and looks again: what another has sent again meanwhile is left alone.
    const found = yield* rows(locking(store, resendable(store, hookId, seqs, wanted, now), 'd'))
    yield* beginAnew(
      store,
      hook,
      found.map(({ event_seq }) => event_seq),
      now,
    )
    return found.length
  }
  // What has failed was accepted once, and whoever asks for it wants it.
  if (task.what === 'failed')
    return (await change(context, hookId, (hook, now) => again(hook, finished, now))) ?? 0
  return await changeSifted(context, hookId, finished, again)
}

async function addMissing(
  context: ReplayContext,
  { dryRun }: ReplayTask,
  hookId: number,
  events: readonly Unheard[],
): Promise<number> {
  const { store } = context
  const found: number[] = []
  for (const event of events) if (await mayHear(context, hookId, event)) found.push(event.seq)
  if (dryRun) return (await siftEvents(store, hookId, found)).seqs.length
  return await changeSifted(context, hookId, found, (hook, seqs, now) => addByHand(store, hook, seqs, now))
}

/** A transaction for the events that the hook's filter lets through; they are looked at anew if it is changed meanwhile. */
async function changeSifted(
  context: ReplayContext,
  hookId: number,
  events: readonly number[],
  work: (hook: HookRow, seqs: readonly number[], now: number) => Work<number>,
): Promise<number> {
  for (;;) {
    const { seqs, filter } = await siftEvents(context.store, hookId, events)
    if (seqs.length === 0) return 0
    const done = await change(context, hookId, function* (hook, now) {
      return hook.filter === filter ? yield* work(hook, seqs, now) : undefined
    })
    if (done !== undefined) return done
  }
}

/** The data of one event at a time: it may be large. */
async function mayHear(context: ReplayContext, hookId: number, { seq, ...event }: Unheard): Promise<boolean> {
  if (context.find === undefined) return true
  const data = await dataOfEvent(context.store, seq)
  await breath()
  return data !== undefined && (await isFound(context, hookId, { ...event, data }))
}

/** A transaction for a hook; nothing once it is deleted. */
async function change(
  { store, fields, clock, wake }: ReplayContext,
  hookId: number,
  work: (hook: HookRow, now: number) => Work<number | undefined>,
): Promise<number | undefined> {
  const done = await store.write(function* () {
    const hook = yield* first(selectHooks(store, fields).where('id', '=', hookId))
    return hook === undefined ? 0 : yield* work(hook, clock.now())
  })
  if (done !== undefined && done > 0) wake()
  await breath()
  return done
}

async function hookOf(
  { store, fields }: ReplayContext,
  id: number,
  owner: string | undefined,
): Promise<HookRow> {
  let query = selectHooks(store, fields).where('id', '=', id)
  if (owner !== undefined) query = query.where('owner', '=', owner)
  const hook = await store.read(() => first(query))
  if (hook !== undefined) return hook
  throw problem('hook_missing', { field: 'hookId', value: id, problem: 'there is no such hook' })
}
