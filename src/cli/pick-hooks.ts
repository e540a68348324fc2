import { SEAMS } from '../operations/seams.ts'
import { type AnyHooks, CommandError } from './command.ts'

/**
 * The hooks that a module exports: as `hooks`, as its default, or as the only export that is some. `hooks` and the default
 * may be a promise of them, or a function without parameters that gives either.
 *
 * @throws CommandError `hooks_export_missing`
 */
export async function pickHooks(exports: Readonly<Record<string, unknown>>, file: string): Promise<AnyHooks> {
  // What was CommonJS has its exports again below `default`.
  const inner = exports.default
  for (const all of [exports, isRecord(inner) && !isHooks(inner) ? inner : {}]) {
    for (const name of ['hooks', 'default']) {
      const hooks = await settled(all[name])
      if (isHooks(hooks)) return hooks
    }
    const others = [...new Set(Object.values(all).filter(isHooks))]
    if (others.length > 1)
      throw new CommandError(
        'hooks_export_missing',
        `${file} exports several hooks. Call one of them \`hooks\`.`,
      )
    if (others[0] !== undefined) return others[0]
  }
  const names = Object.keys(exports).filter((name) => name !== 'module.exports')
  throw new CommandError(
    'hooks_export_missing',
    `${file} exports no hooks${names.length === 0 ? '' : `, but ${names.join(', ')}`}. Write: export const hooks = createHooks({ … })`,
  )
}

async function settled(value: unknown): Promise<unknown> {
  if (
    typeof value !== 'function' ||
    value.length > 0 ||
    /^class\b/.test(Function.prototype.toString.call(value))
  )
    return await value
  return await value()
}

const METHODS = ['migrate', 'start', 'close', 'list', 'deliveries']

/** By what they have, and not by their class: they may be of another copy of this package. */
function isHooks(value: unknown): value is AnyHooks {
  if (!isRecord(value)) return false
  return SEAMS in value || METHODS.every((name) => typeof value[name] === 'function')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
