/**
 * `node --import ./scripts/source.ts program.ts`: imports of `hookwright` and its subpaths reach the source instead of the
 * built package. See entries.ts.
 */
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { entries } from './entries.ts'

registerHooks({
  resolve(specifier, context, next) {
    const source = entries.get(specifier)
    if (source === undefined) return next(specifier, context)
    // `require` takes paths, and `import` addresses.
    return next(context.conditions.includes('require') ? source : pathToFileURL(source).href, context)
  },
})
