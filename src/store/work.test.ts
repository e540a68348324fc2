import { CompiledQuery, type QueryResult } from 'kysely'
import { describe, expect, it, vi } from 'vitest'
import { exec, first, rows, runAsync, runSync, type Work } from './work.ts'

const query = (text: string) => CompiledQuery.raw(text) as CompiledQuery<{ text: string }>
const execute = ({ sql }: CompiledQuery): QueryResult<unknown> => {
  if (sql === 'fail') throw new Error('the database refuses')
  return { rows: sql === 'none' ? [] : [{ text: sql }, { text: 'second' }], numAffectedRows: 2n }
}

const drivers: Record<string, <T>(work: Work<T>, run?: typeof execute) => Promise<T>> = {
  'a synchronous driver': async (work, run = execute) => runSync(work, run),
  'an asynchronous driver': (work, run = execute) => runAsync(work, async (compiled) => run(compiled)),
}

describe.each(Object.entries(drivers))('work on %s', (_, run) => {
  it('gets the rows, the first row, or the count of what it yields, and gives its own result', async () => {
    function* work(): Work<unknown[]> {
      return [
        yield* rows(query('a')),
        yield* first(query('b')),
        yield* first(query('none')),
        yield* exec(query('c')),
      ]
    }
    expect(await run(work())).toEqual([[{ text: 'a' }, { text: 'second' }], { text: 'b' }, undefined, 2])
  })

  it('runs its queries one after the other, each before the next is made', async () => {
    const log: string[] = []
    function* work(): Work<void> {
      for (const text of ['a', 'b']) {
        log.push(`make ${text}`)
        yield* exec(query(text))
      }
    }
    await run(work(), (compiled) => {
      log.push(`run ${compiled.sql}`)
      return execute(compiled)
    })
    expect(log).toEqual(['make a', 'run a', 'make b', 'run b'])
  })

  it('may catch an error of the database and go on', async () => {
    function* work(): Work<string> {
      try {
        yield* exec(query('fail'))
      } catch (error) {
        yield* exec(query('instead'))
        return String(error)
      }
      return 'no error'
    }
    expect(await run(work())).toBe('Error: the database refuses')
  })

  it('throws what it does not catch, after its finally', async () => {
    const finished = vi.fn()
    function* work(): Work<void> {
      try {
        yield* exec(query('fail'))
      } finally {
        finished()
      }
    }
    await expect(run(work())).rejects.toThrow('the database refuses')
    expect(finished).toHaveBeenCalled()
  })
})
