import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findHooksFile } from './find-hooks-file.ts'

function folderWith(files: Record<string, string>): (path: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'hookwright-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  return (path) => join(folder, path)
}

const OURS = "import { createHooks } from 'hookwright'"

describe('the hooks file', () => {
  it('is found from a folder below, up to the package.json, and no further', () => {
    const at = folderWith({
      'hooks.ts': OURS,
      'shop/package.json': '{}',
      'shop/src/webhooks.mts': OURS,
      'shop/a/b/x': '',
    })
    expect(findHooksFile({ cwd: at('shop/a/b'), env: {} })).toBe(at('shop/src/webhooks.mts'))
    const other = folderWith({ 'hooks.ts': OURS, 'shop/package.json': '{}' })
    expect(() => findHooksFile({ cwd: other('shop'), env: {} })).toThrow('There is no hooks file here.')
  })

  it('is what --hooks says, or else HOOKWRIGHT_HOOKS, or else package.json, or else what is called so', () => {
    const at = folderWith({
      'package.json': '{"hookwright":{"hooks":"lib/a.ts"}}',
      'lib/a.ts': '',
      'b.ts': '',
      'c.ts': '',
      'hooks.ts': OURS,
    })
    const env = { HOOKWRIGHT_HOOKS: 'b.ts' }
    expect(findHooksFile({ named: 'c.ts', cwd: at('.'), env })).toBe(at('c.ts'))
    expect(findHooksFile({ cwd: at('.'), env })).toBe(at('b.ts'))
    expect(findHooksFile({ cwd: at('lib'), env: {} })).toBe(at('lib/a.ts'))
  })

  it('is not the one of React, and it is said why', () => {
    const at = folderWith({ 'package.json': '{}', 'src/hooks.ts': "import { useState } from 'react'" })
    expect(() => findHooksFile({ cwd: at('.'), env: {} })).toThrow(
      'src/hooks.ts was passed over: it does not speak of hookwright.',
    )
  })

  it('must be there where it is named, and the error tells by whom', () => {
    const at = folderWith({ 'package.json': '{"hookwright":{"hooks":"gone.ts"}}', 'folder/x': '' })
    const find = (named?: string) => () => findHooksFile({ named, cwd: at('.'), env: {} })
    expect(find('none.ts')).toThrow(`--hooks none.ts: ${at('none.ts')} does not exist.`)
    expect(find('folder')).toThrow('is no file')
    expect(find()).toThrow(
      /^"hookwright": \{ "hooks": "gone\.ts" \} of .*package\.json: .*gone\.ts does not exist/,
    )
  })

  it('cannot be told by a package.json that makes no sense', () => {
    const at = folderWith({ 'package.json': '{"hookwright":"hooks.ts"}', 'b/package.json': '{' })
    expect(() => findHooksFile({ cwd: at('.'), env: {} })).toThrow(
      'write "hookwright": { "hooks": "src/hooks.ts" }',
    )
    expect(() => findHooksFile({ cwd: at('b'), env: {} })).toThrow('is no JSON')
  })
})
