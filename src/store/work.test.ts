import { CompiledQuery, type QueryResult } from 'kysely'
import { describe, expect, it, vi } from 'vitest'
import { exec, first, rows, runSync, type Work } from './work.ts'

const query = (text: string) => CompiledQuery.raw(text) as CompiledQuery<{ text: string }>
const execute = ({ sql }: CompiledQuery): QueryResult<unknown> => {
  if (sql === 'fail') throw new Error('the database refuses')
  return { rows: sql === 'none' ? [] : [{ text: sql }, { text: 'second' }], numAffectedRows: 2n }
}

describe('work', () => {
  it('gets the rows, the first row, or the count of what it yields, and gives its own result', () => {
    function* work(): Work<unknown[]> {
      return [
        yield* rows(query('a')),
        yield* first(query('b')),
        yield* first(query('none')),
        yield* exec(query('c')),
      ]
    }
    expect(runSync(work(), execute)).toEqual([
      [{ text: 'a' }, { text: 'second' }],
      { text: 'b' },
      undefined,
      2,
    ])
  })

  it('runs its queries one after the other, each before the next is made', () => {
    const log: string[] = []
    function* work(): Work<void> {
      for (const text of ['a', 'b']) {
        log.push(`make ${text}`)
        yield* exec(query(text))
      }
    }
    runSync(work(), (compiled) => {
      log.push(`run ${compiled.sql}`)
      return execute(compiled)
    })
    expect(log).toEqual(['make a', 'run a', 'make b', 'run b'])
  })

  it('may catch an error of the database and go on', () => {
    function* work(): Work<string> {
      try {
        yield* exec(query('fail'))
      } catch (error) {
        yield* exec(query('instead'))
        return String(error)
      }
      return 'no error'
    }
    expect(runSync(work(), execute)).toBe('Error: the database refuses')
  })

  it('throws what it does not catch, after its finally', () => {
    const finished = vi.fn()
    function* work(): Work<void> {
      try {
        yield* exec(query('fail'))
      } finally {
        finished()
      }
    }
    expect(() => runSync(work(), execute)).toThrow('the database refuses')
    expect(finished).toHaveBeenCalled()
  })
})
