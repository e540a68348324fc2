import { spawnSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { folderWith, guide, session } from './application.ts'

it('the snippets of the guide are right in the eyes of the compiler', () => {
  const config = {
    extends: join(root, 'tsconfig.json'),
    // As Nest and Next have their users' set.
    compilerOptions: {
      experimentalDecorators: true,
      erasableSyntaxOnly: false,
      moduleResolution: 'bundler',
      module: 'esnext',
    },
    include: ['**/*.ts'],
  }
  const { folder, remove } = folderWith({
    ...Object.fromEntries(guide),
    'session.ts': session,
    'package.json': '{"type":"module"}',
    'tsconfig.json': JSON.stringify(config),
  })
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
    expect(guide.size).toBe(8)
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
    expect(stdout).toBe('')
  } finally {
    remove()
  }
})
