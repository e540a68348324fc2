import type { BuiltInAction, Catalog, Model, OwnerRelation } from '../catalog/index.ts'
import { isBuiltInAction } from '../catalog/index.ts'

/** What names the owner of a row: a column of its own, or of a related row; null where every event is for everyone. */
export type OwnerSource = string | OwnerRelation | null

/**
 * What a trigger writes for one model: several models may be of one table, and several events on one action. This is also
 * what an installed trigger remembers of itself, so that a process with another catalog can tell what it is for.
 */
export interface Part {
  readonly model: string
  readonly owner: OwnerSource
  /** The column that marks a row as deleted by not being NULL; null where there is none. */
  readonly softDelete: string | null
  /** The events that the owner's hooks hear of, in alphabetical order. */
  readonly events: readonly string[]
  /** The events that the hooks of every owner hear of, in alphabetical order. */
  readonly everyone: readonly string[]
}

/** What the catalog wants to be told of one model. */
export interface WantedModel {
  readonly model: Model
  readonly parts: ReadonlyMap<BuiltInAction, Part>
}

/** All models of the catalog; those whose events are all of custom actions have no parts. */
export function wantedModels(catalog: Catalog): WantedModel[] {
  return [...catalog.models.values()].map((model) => ({ model, parts: partsOf(catalog, model) }))
}

function partsOf(catalog: Catalog, model: Model): Map<BuiltInAction, Part> {
  const parts = new Map<BuiltInAction, Part>()
  for (const { name, everyone, source } of catalog.events.values()) {
    if (source?.model.name !== model.name || !isBuiltInAction(source.action)) continue
    const before = parts.get(source.action)
    const event: Part = {
      model: model.name,
      owner: model.owner ?? null,
      softDelete: model.softDelete ?? null,
      events: everyone ? [] : [name],
      everyone: everyone ? [name] : [],
    }
    parts.set(source.action, before === undefined ? event : join(before, event))
  }
  return parts
}

/** What comes out when a process keeps a trigger that one with another catalog may have installed. */
export interface Merged {
  readonly parts: readonly Part[]
  /** Our events that the trigger writes in another way than our catalog says. */
  readonly conflicts: readonly string[]
}

/**
 * Joins what our catalog wants with what the trigger does already. While a new version of the application is rolled out,
 * processes with two catalogs keep one set of triggers: each adds what it misses and takes nothing away, so that they
 * settle on everything that any of them wants instead of undoing each other's work once a second.
 */
export function merge(own: readonly Part[], installed: readonly Part[]): Merged {
  const ownByEvent = new Map(own.flatMap((part) => eventsOf(part).map((event) => [event, part] as const)))
  const conflicts = new Set<string>()
  for (const part of installed) {
    for (const event of eventsOf(part)) {
      const wanted = ownByEvent.get(event)
      if (wanted !== undefined && !agree(wanted, part, event)) conflicts.add(event)
    }
  }
  const parts = new Map<string, Part>()
  const undisputed = own.map((part) => keep(part, (event) => !conflicts.has(event)))
  for (const part of [...undisputed, ...installed]) {
    if (eventsOf(part).length === 0) continue
    const key = sourceKey(part)
    const before = parts.get(key)
    parts.set(key, before === undefined ? part : join(before, part))
  }
  return { parts: sorted([...parts.values()]), conflicts: [...conflicts].sort() }
}

/** In one order wherever they come from, so that the same parts make the same text. */
export function sorted(parts: readonly Part[]): Part[] {
  return parts.toSorted((a, b) => (sourceKey(a) < sourceKey(b) ? -1 : 1))
}

/** Parts with one key say the same of their rows, and differ in their events at the most. */
function sourceKey({ model, owner, softDelete }: Part): string {
  return JSON.stringify([model, ownerKey(owner), softDelete])
}

/** Whoever wrote it, in whatever order. */
function ownerKey(owner: OwnerSource): unknown {
  if (typeof owner !== 'object' || owner === null) return owner
  return [owner.table, owner.on, owner.column, owner.key ?? null]
}

/** What can still be told of rows whose owner is not to be found: what everyone hears of. */
export function withoutOwner(part: Part): Part | undefined {
  return part.everyone.length === 0 ? undefined : { ...part, owner: null, events: [] }
}

export function eventsOf(part: Part): string[] {
  return [...part.events, ...part.everyone]
}

function agree(one: Part, other: Part, event: string): boolean {
  return (
    sourceKey(one) === sourceKey(other) && one.everyone.includes(event) === other.everyone.includes(event)
  )
}

function keep(part: Part, test: (event: string) => boolean): Part {
  return { ...part, events: part.events.filter(test), everyone: part.everyone.filter(test) }
}

function join(one: Part, other: Part): Part {
  const union = (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])].sort()
  return {
    ...one,
    events: union(one.events, other.events),
    everyone: union(one.everyone, other.everyone),
  }
}
