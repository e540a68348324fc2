import { pathToFileURL } from 'node:url'
import type { LoadedHooks } from './command.ts'
import { findHooksFile, type SearchOptions } from './find-hooks-file.ts'
import { pickHooks } from './pick-hooks.ts'
import { runWithLoader } from './project-loader.ts'

/**
 * Finds the hooks file, imports it and takes the hooks out of it. Where plain Node cannot run its TypeScript, the whole
 * program begins anew with the project's own loader.
 *
 * @throws CommandError, and whatever the file throws
 */
export async function loadHooks(search: SearchOptions): Promise<LoadedHooks> {
  const file = findHooksFile(search)
  let exports: Record<string, unknown>
  try {
    exports = await import(pathToFileURL(file).href)
  } catch (error) {
    await runWithLoader(file, error, search.env)
    throw error
  }
  return { hooks: await pickHooks(exports, file), file }
}
