import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/entries.ts'
import { snippetsOf } from './snippets.ts'

/** The pages of the documentation whose code blocks are run. */
export const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: root }).sort()].map((path) => {
  const text = readFileSync(join(root, path), 'utf8')
  return { path, text, snippets: snippetsOf(path, text) }
})

export function page(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
