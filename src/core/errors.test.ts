import { describe, expect, it } from 'vitest'
import { HookwrightError, hasCode, problem, show } from './errors.ts'

describe('problem', () => {
  it('names the field, the problem, the value and the cure', () => {
    const error = problem('option_invalid', {
      field: 'events["a"]',
      value: 'Bok.created',
      problem: 'no model "Bok"',
      cure: 'Did you mean "Book"?',
    })
    expect(error).toBeInstanceOf(HookwrightError)
    expect(error.message).toBe('events["a"]: no model "Bok" (got "Bok.created"). Did you mean "Book"?')
    expect(error).toMatchObject({ code: 'option_invalid', status: 500, field: 'events["a"]' })
  })

  it('shows a value of undefined, and none where none was given', () => {
    expect(problem('owner_missing', { value: undefined, problem: 'no owner' }).message).toBe(
      'no owner (got undefined).',
    )
    expect(problem('owner_missing', { problem: 'no owner' }).message).toBe('no owner.')
  })

  it('keeps the cause', () => {
    const cause = new Error('disk full')
    expect(problem('database_invalid', { problem: 'cannot open', cause }).cause).toBe(cause)
  })
})

describe('show', () => {
  it('shortens what is long and survives what JSON cannot write', () => {
    expect(show('x'.repeat(500))).toHaveLength(121)
    expect(show(12n)).toBe('12n')
    const circle: Record<string, unknown> = {}
    circle.self = circle
    expect(show(circle)).toBe('[object Object]')
  })
})

it('hasCode recognises an error by its code alone, as a second copy of the module throws it', () => {
  expect(hasCode(Object.assign(new Error('x'), { code: 'hook_missing' }), 'hook_missing')).toBe(true)
  expect(hasCode(new Error('x'), 'hook_missing')).toBe(false)
})
