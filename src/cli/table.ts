import { escapeText } from './escape.ts'
import type { Format } from './output.ts'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** It is shortened where a terminal is too narrow for all. */
  readonly shrinks?: boolean
}

/** What stands in a cell: text from anywhere, with a style of its own. Nothing is shown as empty. */
export type Cell = string | number | null | undefined | { readonly text: string; readonly style: Format }

export interface TableOptions {
  style(format: Format, text: string): string
  /** Columns of the terminal. */
  width: number
}

const GAP = '  '
const NARROWEST = 8

/** Rows under aligned columns. The titles are left out where no column has one. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { style, width }: TableOptions,
): string {
  const texts = rows.map((row) => columns.map((_, index) => escapeText(textOf(row[index]))))
  const widths = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...texts.map((row) => widthOf(row[index] ?? ''))),
  )
  squeeze(columns, widths, width)
  const line = (cells: readonly string[], formats: (index: number) => Format | undefined) =>
    cells
      .map((cell, index) => {
        const text = shortened(cell, widths[index] ?? 0)
        const format = formats(index)
        const padding = ' '.repeat((widths[index] ?? 0) - widthOf(text))
        const styled = format === undefined ? text : style(format, text)
        return columns[index]?.align === 'right' ? padding + styled : styled + padding
      })
      .join(GAP)
      .trimEnd()
  const head = columns.some(({ title }) => title !== '')
    ? [
        line(
          columns.map(({ title }) => title),
          () => 'bold',
        ),
      ]
    : []
  return [...head, ...texts.map((cells, row) => line(cells, (index) => formatOf(rows[row]?.[index])))].join(
    '\n',
  )
}

/** Takes from the columns that shrink, the widest first, until all fit. */
function squeeze(columns: readonly Column[], widths: number[], width: number): void {
  const total = () => widths.reduce((sum, each) => sum + each, 0) + GAP.length * (columns.length - 1)
  while (total() > width) {
    let widest = -1
    for (const [index, { shrinks }] of columns.entries()) {
      if (shrinks === true && (widths[index] ?? 0) > Math.max(NARROWEST, widths[widest] ?? 0)) widest = index
    }
    if (widest === -1) return
    widths[widest] = (widths[widest] ?? 0) - 1
  }
}

function textOf(cell: Cell): string {
  if (cell === null || cell === undefined) return ''
  return typeof cell === 'object' ? cell.text : String(cell)
}

function formatOf(cell: Cell): Format | undefined {
  return typeof cell === 'object' && cell !== null ? cell.style : undefined
}

const segmenter = new Intl.Segmenter()
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u

/** Columns that text takes on a terminal. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  return [...segmenter.segment(text)].reduce((sum, { segment }) => sum + (WIDE.test(segment) ? 2 : 1), 0)
}

/** Text that takes so many columns at the most. */
export function shortened(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let taken = ''
  for (const { segment } of segmenter.segment(text)) {
    if (widthOf(taken) + widthOf(segment) > width - 1) break
    taken += segment
  }
  return `${taken}…`
}
