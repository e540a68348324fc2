import { table } from '../print.ts'
import type { Comparison } from '../statistics.ts'
import { findingsOf } from './findings.ts'
import type { RecordedQuery } from './recorder.ts'

export interface Explained {
  purpose: string
  queries: RecordedQuery[]
}

export interface Report {
  version: string
  /** The claim by the number of deliveries that are not due. */
  growth: readonly Comparison[]
  /** Pages that one claim looks at, in the same order. */
  growthPages: readonly number[]
  explained: readonly Explained[]
  /** How many rows each table has. */
  counts: Record<string, number>
}

/** The page in the documentation. */
export function reportOf({ version, growth, growthPages, explained, counts }: Report): string {
  const numbered = explained.flatMap(({ purpose, queries }) =>
    queries.map((query, index) => ({ purpose, query, last: queries.length, index: index + 1 })),
  )
  const rows = numbered.map(({ purpose, query, index, last }) => [
    last === 1 ? purpose : `${purpose} (${index} of ${last})`,
    query.executionMs.toFixed(2),
    query.pages.toLocaleString('en-US'),
    findingsOf(query.plan).join(', '),
  ])
  const scans = rows.filter(([, , , found]) => found !== '')
  const cost = (one: Comparison) => 1 / one.ratio.median
  return `# Query plans on PostgreSQL

<!-- Written by \`npm run bench -- --only explain\`; changes here are lost. -->

Every query of the dispatcher and of the lists, as the product itself makes it, with the plan that PostgreSQL
${version} chose.

| table | rows |
|---|--:|
${Object.entries(counts)
  .map(([name, count]) => `| \`${name}\` | ${count.toLocaleString('en-US')} |`)
  .join('\n')}

Of the deliveries 100,000 are due, 90,000 of them of one hook whose target does not answer. The rest is finished, or tried again
in an hour. A tenth of it is of one hook, and half of 31.

## The claim does not grow with what is not due

Claiming 200 deliveries, median of several transactions that were rolled back:

${table(
  ['deliveries that are not due', 'pages', 'ratio', 'ms', 'ratio'],
  growth.map((one, index) => {
    const pages = growthPages[index] ?? Number.NaN
    return [
      one.name,
      pages.toLocaleString('en-US'),
      (pages / (growthPages[0] ?? Number.NaN)).toFixed(2),
      (one.microseconds / 1000).toFixed(1),
      cost(one).toFixed(2),
    ]
  }),
).join('\n')}

Pages are those of 8 kB that it looks at, in memory or on disk. They are the same on a busy machine; times are not.

## All queries

Times are milliseconds under \`EXPLAIN ANALYZE\`, each measured once. The last column names what grows with the tables: scans of
a whole table, rows that are read and thrown away, and sorts of many rows.

| query | ms | pages | grows |
|---|--:|--:|---|
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}

${scans.length} of ${rows.length} queries have something in the last column.

## Plans
${eachOnce(explained).map(plansOf).join('\n')}`
}

/** The same query serves several purposes, with much the same plan: it is shown at the first one. */
function eachOnce(explained: readonly Explained[]): Explained[] {
  const shown = new Set<string>()
  return explained.flatMap(({ purpose, queries }) => {
    const fresh = queries.filter(({ sql, plan }) => findingsOf(plan).length > 0 || !shown.has(sql))
    for (const { sql } of fresh) shown.add(sql)
    return fresh.length === 0 ? [] : [{ purpose, queries: fresh }]
  })
}

function plansOf({ purpose, queries }: Explained): string {
  return `\n### ${purpose}\n\n${queries.map(blockOf).join('\n')}`
}

function blockOf({ sql, plan, times }: RecordedQuery): string {
  const often = times > 1 ? `-- ${times} times\n` : ''
  const lines = plan.slice(
    0,
    plan.findIndex((line) => /^(Planning|Execution)/.test(line)),
  )
  const shown = lines.filter(worthShowing).map(shortened).join('\n')
  return `<!-- test: skip, a plan is not a program -->\n\`\`\`text\n${often}${wrapped(sql)}\n\n${shown}\n\`\`\`\n`
}

/** Pages are told for the whole query; how a sort went says nothing when it is small. */
function worthShowing(line: string): boolean {
  return !/^\s*(Buffers|Sort Method|Sort Key|Conflict Resolution|Conflicting Tuples|Heap Fetches: 0)\b/.test(
    line,
  )
}

const LONGEST_LINE = 150

function shortened(line: string): string {
  return cut(
    line
      .replace(/\(cost=\S+ rows=\d+ width=\d+\) /, '')
      .replace(/'\{[^}']{20,}\}'/g, "'{…}'")
      .replace(/'[^']{60,}'/g, "'…'"),
  )
}

/** One clause a line, without the schema and the quotes that nobody needs to read. */
function wrapped(sql: string): string {
  return sql
    .replace(/"hookwright"\./g, '')
    .replace(/"(\w+)"/g, '$1')
    .replace(/\s+/g, ' ')
    .replace(
      / (from|where|inner join|left join|order by|limit|on conflict|set|returning|for update) /gi,
      '\n$1 ',
    )
    .split('\n')
    .map(cut)
    .join('\n')
}

function cut(line: string): string {
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line
}
