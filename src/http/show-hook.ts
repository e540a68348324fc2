import type { FieldDefinitions, Hook } from '../hooks/index.ts'
import type { HttpContext } from './env.ts'
import { represent } from './represent.ts'

/** A hook as its caller sees it: an administrator is told whose it is. */
export function showHook(
  c: HttpContext,
  hook: Hook,
  fields: FieldDefinitions,
  secret?: string,
): Record<string, unknown> {
  const { admin } = c.var.caller
  return { ...represent(hook, fields, secret), ...(admin ? { owner: hook.owner } : {}) }
}
