import { describe, expect, it } from 'vitest'
import { prettyJson } from './pretty-json.ts'

describe('prettyJson', () => {
  it.each([
    {},
    [],
    { a: {}, b: [], c: [1, [2, { d: null }]] },
    { 'a "quoted": name,': '{ [ \\ ] }', e: [true, false, -1.5e3] },
  ])('lays out %j as JSON.stringify does', (value) => {
    expect(prettyJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2))
  })

  it('leaves every token as it came, where reading and writing would not', () => {
    const text = '{"id": 12345678901234567890, "x": 1.0, "x": "\\u0041\\/"}'
    expect(prettyJson(text)).toBe('{\n  "id": 12345678901234567890,\n  "x": 1.0,\n  "x": "\\u0041\\/"\n}')
  })

  it('leaves alone what is deeper than anybody reads', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(prettyJson(nested(100))).toBe(JSON.stringify(JSON.parse(nested(100)), null, 2))
    // As an answer, and as a body may be.
    for (const depth of [101, 8_192, 32_768]) expect(prettyJson(nested(depth))).toBe(null)
  })

  it('knows what is no JSON', () => {
    expect(['', '<p>', '{"a"', '{a: 1}'].map(prettyJson)).toEqual([null, null, null, null])
    expect(prettyJson('"text"')).toBe('"text"')
  })
})
