import { expect, it } from 'vitest'
import { problemOf } from './problem.ts'

it('has the messages of each field, and says the first of them', () => {
  const problem = problemOf(400, { target: ['Enter a valid URL.'], events: ['This field is required.'] })
  expect(problem.fields).toEqual({ target: ['Enter a valid URL.'], events: ['This field is required.'] })
  expect(problem.message).toBe('Enter a valid URL.')
})

it.each([
  [404, { detail: 'Not found.' }, 'Not found.'],
  [502, undefined, 'The server has failed.'],
  [418, '<html>', 'The server refused (418).'],
  [0, undefined, 'The server cannot be reached.'],
])('says of %d with %j: %s', (status, body, message) => {
  expect(problemOf(status, body)).toMatchObject({ status, message, fields: {} })
})
