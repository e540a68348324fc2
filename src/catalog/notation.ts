import { problem } from '../core/errors.ts'

/** `'Book.updated+'`, taken apart. */
export interface Notation {
  /** The name of the model, which may have dots itself. */
  model: string
  action: string
  /** Whether it ends in `+`: the hooks of every owner hear of it. */
  everyone: boolean
}

const MODEL = /^[^\s.+]+(?:\.[^\s.+]+)*$/
const ACTION = /^[^\s.+]+$/

/**
 * Takes `'Model.action'` or `'Model.action+'` apart, at the last dot.
 *
 * @param field the option it stands in, for the error
 * @throws `option_invalid` when it is of another form
 * @example
 * ```ts
 * parseNotation('bookstore.Book.updated+', 'events["book.changed"]')
 * // { model: 'bookstore.Book', action: 'updated', everyone: true }
 * ```
 */
export function parseNotation(text: string, field: string): Notation {
  const everyone = text.endsWith('+')
  const { model, action } = splitAction(everyone ? text.slice(0, -1) : text)
  if (MODEL.test(model) && ACTION.test(action)) return { model, action, everyone }
  throw problem('option_invalid', { field, value: text, problem: fault(text, model, action), cure: FORM })
}

const FORM = 'Write "Model.action" or, for the hooks of every owner, "Model.action+"'

/** Splits `'Model.action'` at its last dot; without a dot, there is no action. */
export function splitAction(name: string): { model: string; action: string } {
  const dot = name.lastIndexOf('.')
  return dot === -1 ? { model: name, action: '' } : { model: name.slice(0, dot), action: name.slice(dot + 1) }
}

/** Whether models can be called so: no spaces, no `+`, and dots only inside. */
export function isModelName(name: string): boolean {
  return MODEL.test(name)
}

function fault(text: string, model: string, action: string): string {
  if (/\s/.test(text)) return 'there is a space in it'
  if (!text.includes('.')) return 'it has no action'
  if (model === '') return 'it has no model'
  if (action === '') return 'it has no action'
  if (text.slice(0, -1).includes('+')) return 'the + may only stand once, at the end'
  return 'it is malformed'
}

/** The model's name in `'Model.action+'`, as a type. `string` stays `string`. */
export type ModelPart<Text extends string> = string extends Text
  ? string
  : Text extends `${infer Head}.${infer Rest}`
    ? Rest extends `${string}.${string}`
      ? `${Head}.${ModelPart<Rest>}`
      : Head
    : ''

/** The action in `'Model.action+'`, as a type. `string` stays `string`. */
export type ActionPart<Text extends string> = string extends Text
  ? string
  : Text extends `${string}.${infer Rest}`
    ? Rest extends `${string}.${string}`
      ? ActionPart<Rest>
      : WithoutPlus<Rest>
    : ''

/** `'Book.updated+'` without its `+`, as a type. */
export type WithoutPlus<Text extends string> = Text extends `${infer Name}+` ? Name : Text
