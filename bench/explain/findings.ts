/** Tables that grow with what an application does. Lanes, names that are listened to and sleepers are always few. */
const GROWING = ['event', 'delivery', 'attempt', 'hook', 'subscription']
/** What a query may read and throw away before that is worth a word. */
const MANY_ROWS = 1_000

/** What in a plan grows with the tables. */
export function findingsOf(plan: readonly string[]): string[] {
  const found = new Set<string>()
  let node = { rows: 0, loops: 1, kind: '' }
  for (const line of plan) {
    const [, rows, loops] = /\(actual time=\S+ rows=(\d+) loops=(\d+)\)/.exec(line) ?? []
    if (rows !== undefined) {
      const above = node
      // What is told is the average of the loops, or of the processes that share the work.
      node = { rows: Number(rows) * Number(loops), loops: Number(loops), kind: kindOf(line) }
      if (COLLECTING.test(above.kind) && node.rows >= MANY_ROWS)
        found.add(`${above.kind} over ${many(node.rows)}`)
      const [, table = ''] = /Seq Scan on (\w+)/.exec(line) ?? []
      if (GROWING.includes(table)) found.add(`sequential scan of \`${table}\``)
    }
    const [, removed = 0] = /Rows Removed by (?:Filter|Join Filter|Index Recheck): (\d+)/.exec(line) ?? []
    const all = Number(removed) * node.loops
    if (all >= MANY_ROWS) found.add(`${many(all)} read and thrown away`)
  }
  return [...found]
}

const COLLECTING = /^(sort|hash)$/

function kindOf(line: string): string {
  return (/^\s*(?:->\s+)?(?:Parallel )?(Sort|Hash)\s+\(/.exec(line)?.[1] ?? '').toLowerCase()
}

function many(rows: number): string {
  return `${rows.toLocaleString('en-US')} rows`
}
