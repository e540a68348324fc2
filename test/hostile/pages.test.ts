import { expect, it } from 'vitest'
import { page } from '../docs/pages.ts'
import { groups } from './all.ts'
import type { Mode } from './mode.ts'

const text = page('docs/reference/outcomes.md')

/** The rows of the table below a heading. */
function rowsBelow(heading: string): string[] {
  const [, section = ''] = text.split(`\n## ${heading}\n`)
  const [upToNext = ''] = section.split('\n## ')
  return upToNext.split('\n').filter((line) => /^\| (?!---|A receiver)/.test(line))
}

function row({ does, logged, delivery, expectation }: Mode): string {
  const cells = [does, logged, delivery, ...(expectation === undefined ? [] : [expectation])]
  return `| ${cells.join(' | ')} |`.replaceAll('  ', ' ')
}

it.each(Object.entries(groups))('the page of outcomes has each mode that is tested: %s', (heading, modes) => {
  expect(rowsBelow(heading)).toEqual(modes.map(row))
})
