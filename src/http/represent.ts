import type { FieldDefinitions, Hook } from '../hooks/index.ts'

/**
 * A hook as the API shows it: drf-hooks' fields in their order, then what that does not have. Never its headers; its secret
 * only in the answer to its creation.
 */
export function represent(hook: Hook, fields: FieldDefinitions, secret?: string): Record<string, unknown> {
  const own = hook as Hook & Record<string, unknown>
  return {
    id: hook.id,
    event: hook.event,
    created: hook.createdAt.toISOString(),
    updated: hook.updatedAt.toISOString(),
    target: hook.target,
    ...(hook.events.length > 1 ? { events: hook.events } : {}),
    ...(hook.ordered ? { ordered: true } : {}),
    ...(hook.rateLimit === null ? {} : { rate_limit: hook.rateLimit }),
    ...(hook.payload === null ? {} : { payload: hook.payload }),
    ...(hook.filter === null ? {} : { filter: hook.filter }),
    ...Object.fromEntries([...fields.keys()].map((name) => [name, own[name]])),
    ...(secret === undefined ? {} : { secret }),
  }
}
