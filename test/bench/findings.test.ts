import { describe, expect, it } from 'vitest'
import { findingsOf } from '../../bench/explain/findings.ts'

const node = (text: string, rows: number, loops = 1) =>
  `${text}  (cost=0.00..1.00 rows=1 width=8) (actual time=0.1..0.2 rows=${rows} loops=${loops})`

describe('findingsOf', () => {
  it('names sequential scans of tables that grow, also those that several processes share', () => {
    expect(findingsOf([node('Seq Scan on delivery d', 5)])).toEqual(['sequential scan of `delivery`'])
    expect(findingsOf([node('  ->  Parallel Seq Scan on event', 5, 3)])).toEqual([
      'sequential scan of `event`',
    ])
    expect(findingsOf([node('Seq Scan on lane', 5), node('->  Index Scan using x on event', 5)])).toEqual([])
  })

  it('counts what is thrown away in all loops', () => {
    const scan = node('->  Index Scan using delivery_pkey on delivery', 0, 3)
    expect(findingsOf([scan, '      Rows Removed by Filter: 400'])).toEqual([
      '1,200 rows read and thrown away',
    ])
    expect(findingsOf([scan, '      Rows Removed by Filter: 300'])).toEqual([])
  })

  it('names sorts of many rows by what they get, not by what is left of it', () => {
    const plan = [
      node('Limit', 100),
      node('  ->  Sort', 100),
      '  Sort Key: a',
      node('    ->  Nested Loop', 5_000),
    ]
    expect(findingsOf(plan)).toEqual(['sort over 5,000 rows'])
  })
})
