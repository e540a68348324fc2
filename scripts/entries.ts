import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * How `import … from 'hookwright/sqlite'` reaches the source, so that tests, examples and the README's snippets import the
 * package by the name that its users write, without a build.
 *
 * The one list is `compilerOptions.paths` of tsconfig.json, because only tsc cannot read a list from elsewhere. From it come
 *
 * - tsc, oxlint, knip and editors: by themselves
 * - vitest: `resolve.alias` in vitest.config.ts
 * - plain Node: `node --import ./scripts/source.ts program.ts`, as `npm start` does; child processes and workers that a test
 *   starts want the same flag
 * - tsdown: the entry points of the build
 *
 * What is published names `dist` only: a condition such as "source" in the package's `exports` would be published with it.
 * scripts/check-package.ts sees to it that `exports` and this list agree.
 */
export const root = join(import.meta.dirname, '..')

/** Package specifier (`hookwright/sqlite`) → absolute path of its source. */
export const entries: ReadonlyMap<string, string> = new Map(
  Object.entries(readPaths()).map(([specifier, [source = '']]) => [specifier, join(root, source)]),
)

function readPaths(): Record<string, string[]> {
  return JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).compilerOptions.paths
}
