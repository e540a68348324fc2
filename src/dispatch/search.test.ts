import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { searchFor } from './search.ts'

/** Which characters of a text belong to one of these, one by one. */
function covered(texts: readonly string[], text: string): boolean[] {
  const marks = Array.from(text, () => false)
  for (const one of texts) {
    for (let at = text.indexOf(one); at >= 0; at = text.indexOf(one, at + 1)) {
      marks.fill(true, at, at + one.length)
    }
  }
  return marks
}

describe('searchFor', () => {
  const few = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 6 })

  it('finds what a look for each of the texts finds, and what stands at the end', () => {
    fc.assert(
      fc.property(
        fc.array(few, { maxLength: 6 }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c') }),
        (texts, text) => {
          const marks = Array.from(text, () => false)
          const atEnd = searchFor(texts).scan(text, (from, to) => void marks.fill(true, from, to))
          expect(marks).toEqual(covered(texts, text))
          const beginnings = texts.flatMap((one) => Array.from(one, (_, index) => one.slice(0, index + 1)))
          const ends = beginnings.filter((beginning) => text.endsWith(beginning))
          expect(atEnd).toBe(Math.max(0, ...ends.map(({ length }) => length)))
        },
      ),
    )
  })
})
