import { distance } from './suggest.ts'

/** What a trigger in the database notices by itself. Every other action is a custom one, fired by `hooks.trigger`. */
export const builtInActions = ['created', 'updated', 'deleted'] as const

export type BuiltInAction = (typeof builtInActions)[number]

/** Other forms of the built-in names. As custom actions they would never fire, and nobody would see why. */
export const misnamedActions = {
  create: 'created',
  creates: 'created',
  creation: 'created',
  insert: 'created',
  inserts: 'created',
  inserted: 'created',
  update: 'updated',
  updates: 'updated',
  delete: 'deleted',
  deletes: 'deleted',
  deletion: 'deleted',
} as const satisfies Record<string, BuiltInAction>

export type MisnamedAction = keyof typeof misnamedActions

/** English words one letter away from a built-in action, which an application may well mean. */
const wordsOfTheirOwn: ReadonlySet<string> = new Set([
  'cheated',
  'cleated',
  'creaked',
  'creamed',
  'creased',
  'cremated',
  'crested',
  'depleted',
  'treated',
  'undated',
  'uprated',
])

export function isBuiltInAction(action: string): action is BuiltInAction {
  return (builtInActions as readonly string[]).includes(action)
}

/**
 * The built-in action that was probably meant by the name of a custom one: another case (`Created`), another form
 * (`create`, `inserted`), or one slip of the keyboard (`crated`, `udpated`). Real words such as `treated` or `depleted` stay
 * custom actions.
 */
export function meantAction(action: string): BuiltInAction | undefined {
  if (isBuiltInAction(action)) return undefined
  const lower = action.toLowerCase()
  if (Object.hasOwn(misnamedActions, lower)) return misnamedActions[lower as MisnamedAction]
  if (wordsOfTheirOwn.has(lower)) return undefined
  return builtInActions.find((name) => distance(lower, name, 1) <= 1)
}
