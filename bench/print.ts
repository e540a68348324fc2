import type { Group, SectionResult } from './section.ts'
import { type Comparison, compare } from './statistics.ts'

/** A section's results as Markdown, which reads well in a terminal too. */
export function printSection(title: string, { groups, setting, skipped, notes }: SectionResult): string {
  const lines = [`## ${title}`, '']
  for (const [name, value] of Object.entries(setting)) lines.push(`${name}: ${value}`)
  if (groups.length > 1) lines.push('', ...summary(groups))
  for (const group of groups) {
    lines.push('', `**${group.title}** (${roundsOf(group)})`, '')
    lines.push(...table(HEAD(group.unit), compare(group).map(cells)))
  }
  if (skipped.length > 0)
    lines.push('', ...skipped.map(({ what, why }) => `Skipped: ${what}, because ${why}`))
  if (notes.length > 0) lines.push('', ...notes)
  return lines.join('\n')
}

const HEAD = (unit: string) => [
  '',
  'speed, as a ratio',
  'lowest – highest',
  `${unit}/s`,
  'µs each',
  'tax, µs',
  'CPU, µs',
]

/** All ratios in one table: a line for each group, a column for each variant but the baseline. */
function summary(groups: readonly Group[]): string[] {
  const names = new Set(groups.flatMap(({ variants }) => variants.slice(1).map(({ name }) => name)))
  const baseline = groups[0]?.variants[0]?.name ?? ''
  const lines = groups.map((group) => {
    const ratios = new Map(compare(group).map(({ name, ratio }) => [name, ratio.median.toFixed(2)]))
    return [group.title, ...[...names].map((name) => ratios.get(name) ?? '–')]
  })
  return table([`speed, as a ratio to: ${baseline}`, ...names], lines)
}

function roundsOf({ variants: [first] }: Group): string {
  const rounds = first?.perSecond.length ?? 0
  return rounds === 1 ? '1 round' : `${rounds} rounds`
}

function cells(
  { name, ratio, perSecond, microseconds, cpu }: Comparison,
  index: number,
  all: Comparison[],
): string[] {
  const tax = microseconds - (all[0]?.microseconds ?? Number.NaN)
  return [
    name,
    ratio.median.toFixed(2),
    index === 0 ? '' : `${ratio.lowest.toFixed(2)} – ${ratio.highest.toFixed(2)}`,
    Math.round(perSecond.median).toLocaleString('en-US'),
    microseconds.toFixed(1),
    index === 0 ? '' : tax.toFixed(1),
    cpu?.toFixed(1) ?? '',
  ]
}

/** A Markdown table whose columns stand below each other: the first to the left, numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? '').length)),
  )
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (column === 0 ? (row[column] ?? '').padEnd(width) : (row[column] ?? '').padStart(width))).join(' | ')} |`
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), line(rule), ...rows.map(line)]
}
