import type { BuiltInAction } from '../catalog/index.ts'
import { isBuiltInAction } from '../catalog/index.ts'
import type { OwnerSource, Part } from './wanted.ts'

/** What a trigger, or its function, says of itself in a comment at its beginning. */
export interface Header {
  readonly version: number
  readonly action: BuiltInAction
  /** None where a newer version may say it in another way. */
  readonly parts: readonly Part[]
}

/** A part as it stands there. */
type Written = [
  model: string,
  owner: OwnerSource,
  softDelete: string | null,
  events: string[],
  everyone: string[],
]

/** A comment: `hookwright`, the version, the action, and the parts as JSON. */
export function writeHeader(version: number, action: BuiltInAction, parts: readonly Part[]): string {
  const content = parts.map(
    ({ model, owner, softDelete, events, everyone }): Written => [
      model,
      owner,
      softDelete,
      [...events],
      [...everyone],
    ],
  )
  // A slash in a name could end the comment.
  return `/* hookwright ${version} ${action} ${JSON.stringify(content).replaceAll('/', '\\u002f')} */`
}

const HEADER = /^\/\* hookwright (\d+) (\w+) ([^/]*) \*\//

/**
 * Reads the header that `text` begins with; undefined where there is none, and it is not ours, whatever its name.
 *
 * @param newest the newest version that we know
 * @param readOld reads the content of a version before that, where it was another
 */
export function readHeader(
  text: string,
  newest: number,
  readOld: (content: unknown, version: number) => Part[] | undefined = () => undefined,
): Header | undefined {
  const match = HEADER.exec(text)
  if (match === null) return undefined
  const [, digits, action = '', content = ''] = match
  const version = Number(digits)
  if (!isBuiltInAction(action)) return undefined
  return { version, action, parts: version > newest ? [] : readParts(content, version, readOld) }
}

function readParts(
  text: string,
  version: number,
  readOld: (content: unknown, version: number) => Part[] | undefined,
): Part[] {
  try {
    const content: unknown = JSON.parse(text)
    return readOld(content, version) ?? (content as Written[]).map(partOf)
  } catch {
    return []
  }
}

function partOf([model, owner, softDelete, events, everyone]: Written): Part {
  return { model, owner, softDelete, events, everyone }
}
