import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { defineConfig } from 'tsdown'
import { entries, root } from './scripts/entries.ts'

const missing = [...entries.values()].filter((source) => !existsSync(source))
if (missing.length > 0) {
  throw new Error(
    `Cannot build: tsconfig.json's "paths" names files that do not exist: ${missing.map((file) => relative(root, file)).join(', ')}`,
  )
}

/** hookwright → dist/index.js, hookwright/sqlite → dist/sqlite.js; package.json's "exports" says the same. */
const nameOf = (specifier: string) => specifier.split('/')[1] ?? 'index'

export default defineConfig({
  entry: {
    ...Object.fromEntries([...entries].map(([specifier, source]) => [nameOf(specifier), source])),
    // The program of package.json's "bin", which nobody imports.
    cli: join(root, 'src/cli/main.ts'),
  },
  format: 'esm',
  platform: 'node',
  target: 'node24',
  fixedExtension: false,
  dts: true,
  // Dependencies stay imports; anything else found in node_modules would be a development dependency slipping in.
  deps: { onlyBundle: [] },
  failOnWarn: true,
  suppressWarnings: 'TypeScript 7.0 does not yet have a stable API',
})
