import { describe, expect, it } from 'vitest'
import { brokenImports } from './check-imports.ts'

const imports = (file: string, specifier: string) => brokenImports(file, `import { x } from '${specifier}'\n`)

describe('the order of the rooms', () => {
  it('allows a room above, the room itself, and other packages', () => {
    expect(imports('src/hooks/create.ts', '../store/store.ts')).toEqual([])
    expect(imports('src/hooks/create.ts', './secret.ts')).toEqual([])
    expect(imports('src/store/sqlite/index.ts', '../work.ts')).toEqual([])
    expect(imports('src/hooks/create.ts', 'kysely')).toEqual([])
  })

  it('refuses a room below, and says where, what and which rooms are allowed', () => {
    expect(brokenImports('src/store/work.ts', `\nimport { x } from '../hooks/create.ts'\n`)).toEqual([
      `src/store/work.ts:2: imports '../hooks/create.ts', but store/ may import only from core, signature, outbound. Pass it in as an argument, or move the code.`,
    ])
  })

  it('looks at where a path leads, not at how it is written', () => {
    expect(imports('src/store/sqlite/index.ts', './../../hooks/create.ts')).toHaveLength(1)
    expect(imports('src/http/hooks/list.ts', '../hooks/retrieve.ts')).toEqual([])
  })

  it.each([
    ['a type', `import type { X } from '../store/work.ts'`],
    ['a re-export', `export { x } from '../store/work.ts'`],
    ['a star re-export', `export * from '../store/work.ts'`],
    ['a dynamic import', `const x = async () => await import('../store/work.ts')`],
    ['an import type', `export type X = import('../store/work.ts').X`],
  ])('sees %s', (_, source) => {
    expect(brokenImports('src/core/x.ts', source)).toHaveLength(1)
  })

  it('keeps the leaves leaves', () => {
    expect(imports('src/signature/sign.ts', '../core/errors.ts')).toEqual([])
    expect(imports('src/signature/sign.ts', '../outbound/post.ts')).toHaveLength(1)
    expect(imports('src/outbound/transport.ts', '../core/errors.ts')).toEqual([])
    expect(imports('src/outbound/transport.ts', '../signature/sign.ts')).toHaveLength(1)
  })

  it('lets only index.ts import create-hooks.ts', () => {
    expect(imports('src/index.ts', './create-hooks.ts')).toEqual([])
    expect(imports('src/testing/index.ts', '../create-hooks.ts')).toHaveLength(1)
    expect(imports('src/mount/node.ts', '../index.ts')).toHaveLength(1)
  })

  it('lets the program import the face, and nobody the program', () => {
    expect(imports('src/cli/main.ts', '../index.ts')).toEqual([])
    expect(imports('src/cli/main.ts', '../create-hooks.ts')).toHaveLength(1)
    expect(imports('src/cli/program.ts', '../index.ts')).toHaveLength(1)
    expect(imports('src/cli/program.ts', './main.ts')).toHaveLength(1)
    expect(imports('src/index.ts', './cli/main.ts')).toHaveLength(1)
  })

  it('lets nothing that is published import itself by name or from outside src', () => {
    expect(imports('src/testing/index.ts', 'hookwright')).toHaveLength(1)
    expect(imports('src/testing/index.ts', '../../test/helpers.ts')).toHaveLength(1)
  })

  it('lets a test use the package by its name and the helpers of test/, but keep to the order of its room', () => {
    expect(imports('src/mount/node.test.ts', 'hookwright/sqlite')).toEqual([])
    expect(imports('src/mount/node.test.ts', '../../test/helpers.ts')).toEqual([])
    expect(imports('src/store/work.test.ts', '../hooks/create.ts')).toHaveLength(1)
  })

  it('refuses a file that stands in no room', () => {
    expect(imports('src/utils/index.ts', 'kysely')).toHaveLength(1)
    expect(imports('src/utils.ts', 'kysely')).toHaveLength(1)
  })
})
