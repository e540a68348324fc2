import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { page } from './pages.ts'

it('explains every finding of the doctor, and none that there is not', () => {
  const sources = globSync('src/operations/doctor/*.ts', { cwd: root })
    .filter((path) => !path.includes('.test'))
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n')
  const drift = readFileSync(join(root, 'src/capture/drift.ts'), 'utf8')
  const kinds = /export type DriftKind =([\s\S]*?)\n\n/.exec(drift)?.[1] ?? ''
  const made = [
    ...sources.matchAll(/\bcode: '(\w+)'/g),
    ...sources.matchAll(/\bcode = [^\n]*? \? '(\w+)' : '\w+'/g),
    ...kinds.matchAll(/'(\w+)'/g),
  ].map(([, code]) => code)
  const explained = [...page('docs/guides/doctor.md').matchAll(/^\| (`[\w`, ]+`) \|/gm)].flatMap(
    ([, cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, code]) => code),
  )
  const everywhere = ['check_failed', 'check_late', 'tables_missing']
  expect(new Set([...explained, ...everywhere])).toEqual(new Set([...made, 'check_failed']))
})
