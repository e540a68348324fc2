import type { BuiltInAction } from '../../catalog/index.ts'
import { isBuiltInAction } from '../../catalog/index.ts'
import type { Part } from '../wanted.ts'

/**
 * The version of the functions' text. Raise it with every change of that text: a running process repairs functions of older
 * versions and leaves those of newer ones alone.
 */
export const TRIGGER_VERSION = 1

/** A function that is ours says what it is for in a comment at its beginning. */
export interface FunctionHeader {
  readonly version: number
  readonly action: BuiltInAction
  /** None where a newer version may say it in another way. */
  readonly parts: readonly Part[]
}

export function writeHeader(action: BuiltInAction, parts: readonly Part[]): string {
  const content = parts.map(({ model, owner, softDelete, events, everyone }) => [
    model,
    owner,
    softDelete,
    events,
    everyone,
  ])
  // A slash in a name could end the comment.
  return `/* hookwright ${TRIGGER_VERSION} ${action} ${JSON.stringify(content).replaceAll('/', '\\u002f')} */`
}

/** What a function says of itself; undefined for one that is no trigger's of ours, whatever its name. */
export function readHeader(body: string): FunctionHeader | undefined {
  const match = /^\s*\/\* hookwright (\d+) (\w+) ([^/]*) \*\//.exec(body)
  if (match === null) return undefined
  const [, version, action = '', content = ''] = match
  if (!isBuiltInAction(action)) return undefined
  return {
    version: Number(version),
    action,
    parts: Number(version) > TRIGGER_VERSION ? [] : readParts(content),
  }
}

function readParts(text: string): Part[] {
  try {
    const parts = JSON.parse(text) as [string, Part['owner'], string | null, string[], string[]][]
    return parts.map(([model, owner, softDelete, events, everyone]) => ({
      model,
      owner,
      softDelete,
      events,
      everyone,
    }))
  } catch {
    return []
  }
}
