import { refuseUnknownOptions } from '../core/options.ts'
import type { Hook, HookRegistry } from '../hooks/index.ts'
import type { EnableOptions } from './hooks.ts'
import { type ReplayContext, replay } from './replay.ts'
import { checkTime } from './replay-options.ts'

/** Enables a hook and, where that is asked for, replays what it has missed. @throws `hook_missing`, `option_invalid` */
export async function enable(
  context: ReplayContext & { registry: Pick<HookRegistry, 'enable'> },
  id: number,
  options: EnableOptions = {},
): Promise<Hook> {
  refuseUnknownOptions(options, ['replaySince', 'owner'], 'enable')
  const { replaySince: since, ...scope } = options
  // Before anything is changed.
  if (since !== undefined && since !== null) checkTime('enable.replaySince', since)
  const hook = await context.registry.enable(id, scope)
  if (since !== undefined && since !== null)
    await replay(context, { ...scope, hookId: id, since, what: 'missed' })
  return hook
}
