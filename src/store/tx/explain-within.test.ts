import { describe, expect, it } from 'vitest'
import { messageOf, problem } from '../../core/errors.ts'
import { explainWithin } from './explain-within.ts'

const outdated = problem('database_outdated', { problem: 'no table' })

/** Knows errors as the stores do: by what the driver says and by its code. */
const store = {
  schema: undefined as string | undefined,
  explain: (error: unknown) =>
    messageOf(error) === 'no such table' || (error as { code?: string }).code === '42P01' ? outdated : error,
}

const driverError = () => new Error('no such table')

describe('explainWithin', () => {
  it.each([
    ['as it is', driverError()],
    ['as the cause', new Error('Failed query', { cause: driverError() })],
    ['as TypeORM has it', Object.assign(new Error('QueryFailedError'), { driverError: driverError() })],
    ['as Sequelize has it', Object.assign(new Error('DatabaseError'), { original: driverError() })],
    ['as Objection has it', Object.assign(new Error('DBError'), { nativeError: driverError() })],
    [
      'as Prisma has it',
      Object.assign(new Error('Raw query failed'), {
        code: 'P2010',
        meta: {
          driverAdapterError: { cause: { originalCode: '42P01', originalMessage: 'relation missing' } },
        },
      }),
    ],
  ])("finds the driver's error %s", (_, error) => {
    expect(explainWithin(store, error)).toBe(outdated)
  })

  it.each([
    ['of the library', Object.assign(new Error('unique'), { code: '23505' })],
    [
      'in a circle',
      Object.assign(new Error('odd'), {
        get cause() {
          return this
        },
      }),
    ],
    ['that is none', 'text'],
    ['that is nothing', undefined],
  ])('gives back as it came what the store does not know: an error %s', (_, error) => {
    expect(explainWithin(store, error)).toBe(error)
  })

  it.each(['permission denied for schema own "hooks"', 'permission denied for table event'])(
    'says which rights a role lacks for %s',
    (message) => {
      const error = Object.assign(new Error(message), { code: '42501' })
      expect(explainWithin({ ...store, schema: 'own "hooks"' }, error)).toMatchObject({
        code: 'database_invalid',
        field: 'tx',
        message: expect.stringContaining('GRANT SELECT, INSERT ON "own ""hooks""".event'),
        cause: error,
      })
    },
  )

  it("leaves to the caller what their role may not do to the application's own tables", () => {
    const error = Object.assign(new Error('permission denied for table book'), { code: '42501' })
    expect(explainWithin({ ...store, schema: 'hookwright' }, error)).toBe(error)
  })
})
