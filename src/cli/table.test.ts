import { describe, expect, it } from 'vitest'
import { shortened, table, widthOf } from './table.ts'

const style = (_: unknown, text: string) => `<${text}>`
const columns = [
  { title: 'ID', align: 'right' },
  { title: 'NAME', shrinks: true },
  { title: 'STATE' },
] as const

describe('table', () => {
  it('aligns columns, styles after it has measured, and leaves no spaces at the end', () => {
    const rows = [
      [1, 'Ada', { text: 'well', style: 'green' }],
      [12, null, 'x'],
    ] as const
    expect(table(columns, rows, { style, width: Number.POSITIVE_INFINITY })).toBe(
      ['<ID>  <NAME>  <STATE>', ' 1  Ada   <well>', '12        x'].join('\n'),
    )
  })

  it('escapes what is in its cells', () => {
    const shown = table([{ title: '' }], [['a\u001b[31m\nb']], { style, width: 80 })
    expect(shown).toBe('a\\x1b[31m\\nb')
  })

  it('shortens the columns that may be, so that rows fit a terminal', () => {
    const plain = (_: unknown, text: string) => text
    const shown = table(columns, [[1, 'n'.repeat(60), 'well']], { style: plain, width: 30 })
    for (const line of shown.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(30)
    expect(shown).toContain('…')
    expect(shown).toContain('well')
  })

  it('counts wide characters as two columns', () => {
    expect(widthOf('書店')).toBe(4)
    expect(widthOf('e\u0301')).toBe(1)
    expect(shortened('書店です', 5)).toBe('書店…')
  })
})
