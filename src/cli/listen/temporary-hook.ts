import { randomUUID } from 'node:crypto'
import { hasCode } from '../../core/errors.ts'
import { type AnyHooks, CommandError } from '../command.ts'

export interface TemporaryHook {
  readonly id: number
  /** What its messages are verified with. */
  readonly secrets: readonly string[]
  /** Takes it away again. @throws CommandError `hook_left` that names it */
  remove(): Promise<void>
}

export interface TemporaryHookOptions {
  events: readonly string[]
  owner: string
  /** This process. The hook's own target is a path there that no other hook has. */
  address: string
  /** What it signs with; undefined for one that is made for it. */
  secret: string | undefined
  /** The hooks file, for the message. */
  file: string
}

/**
 * A hook that leads to this process.
 *
 * @throws CommandError `address_refused` where the options of createHooks do not let hooks lead to this machine; whatever
 * `hooks.create` throws
 */
export async function makeTemporaryHook(
  hooks: AnyHooks,
  { events, owner, address, secret, file }: TemporaryHookOptions,
): Promise<TemporaryHook> {
  // To a target of its own: an identical hook that is there already would come back, and be deleted in the end.
  const target = new URL(randomUUID(), address).href
  const hook = await hooks
    .create({ owner, events, target, ...(secret !== undefined && { secret }) } as never)
    .catch((error: unknown) => {
      if (!hasCode(error, 'target_refused')) throw error
      throw new CommandError(
        'address_refused',
        `${error.message}\nHooks may not lead to this machine, which is right in production. For development, give createHooks ` +
          `in ${file} the option:\n  allow: process.env.NODE_ENV === 'production' ? [] : ['127.0.0.1/32'],`,
        { cause: error },
      )
    })
  const remove = async () => {
    try {
      await hooks.delete(hook.id)
    } catch (cause) {
      const message = `The temporary hook ${hook.id} could not be deleted: ${(cause as Error).message}\nDo so by: hookwright hooks delete ${hook.id}`
      throw new CommandError('hook_left', message, { cause })
    }
  }
  try {
    return { id: hook.id, secrets: await hooks.secrets(hook.id), remove }
  } catch (error) {
    await remove()
    throw error
  }
}
