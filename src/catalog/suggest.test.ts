import { describe, expect, it } from 'vitest'
import { cureFor, distance, list, nearest } from './suggest.ts'

describe('distance', () => {
  it.each([
    ['book', 'book', 0],
    ['bok', 'book', 1],
    ['boook', 'book', 1],
    ['boak', 'book', 1],
    ['obok', 'book', 1],
    ['okob', 'book', 3],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
  ])('from %o to %o is %i', (a, b, slips) => {
    expect(distance(a, b, 9)).toBe(slips)
    expect(distance(b, a, 9)).toBe(slips)
  })

  it('gives up beyond its limit', () => {
    expect(distance('kitten', 'sitting', 2)).toBe(3)
    expect(distance('a', 'abcdefgh', 2)).toBe(3)
  })
})

describe('nearest', () => {
  it('finds the one with the fewest slips, whatever its case', () => {
    expect(nearest('bok', ['Bank', 'Book', 'User'])).toBe('Book')
    expect(nearest('BOOK', ['Bock', 'Book'])).toBe('Book')
  })

  it('finds none where all are far', () => {
    expect(nearest('Author', ['Book', 'User'])).toBeUndefined()
    expect(nearest('ab', ['xy'])).toBeUndefined()
  })
})

describe('cureFor', () => {
  it('suggests what is near, lists what there is, or says what to do', () => {
    expect(cureFor('Bok', ['Book'], 'Add it')).toBe('Did you mean "Book"?')
    expect(cureFor('Author', ['Book', 'User'], 'Add it')).toBe('There are "Book", "User"')
    expect(cureFor('Author', ['Book'], 'Add it')).toBe('There is "Book"')
    expect(cureFor('Author', [], 'Add it')).toBe('Add it')
  })
})

it('list cuts a long list', () => {
  expect(list(Array.from({ length: 10 }, (_, index) => `m${index}`))).toMatch(/^"m0", .*"m7" and 2 more$/)
})
