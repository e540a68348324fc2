import { describe, expect, it } from 'vitest'
import { parseExact, toJson } from './json.ts'

describe('toJson', () => {
  it('writes what JSON can hold as JSON.stringify does', () => {
    const value = { a: [1, 'é', null, true], when: new Date(0), left: undefined, n: { x: -0.5 } }
    expect(toJson(value, 'payload')).toBe(JSON.stringify(value))
  })

  it('writes a bigint with all its digits', () => {
    expect(toJson({ id: 9007199254740993n }, 'payload')).toBe('{"id":9007199254740993}')
  })

  it('allows null at the top', () => {
    expect(toJson(null, 'payload')).toBe('null')
  })

  it.each([
    [{ a: { b: [1, Number.NaN] } }, 'payload.a.b[1]'],
    [{ f: Number.POSITIVE_INFINITY }, 'payload.f'],
    [{ f: () => 1 }, 'payload.f'],
    [{ s: Symbol('x') }, 'payload.s'],
    [{ m: new Map() }, 'payload.m'],
    [{ deep: [new Set([1])] }, 'payload.deep[0]'],
    [{ d: new Date(Number.NaN) }, 'payload.d'],
    [[undefined], 'payload[0]'],
    [undefined, 'payload'],
  ])('refuses %o and names the place', (value, place) => {
    expect(() => toJson(value, 'payload')).toThrow(
      expect.objectContaining({ code: 'payload_not_json', field: place }),
    )
  })

  it('refuses a circle', () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    expect(() => toJson(circle, 'payload')).toThrow(
      expect.objectContaining({ code: 'payload_not_json', field: 'payload' }),
    )
  })
})

describe('parseExact', () => {
  it('keeps the digits of big integers and leaves other numbers alone', () => {
    expect(parseExact('{"a":9007199254740993,"b":-9223372036854775808,"c":1,"d":1e300,"e":0.1}')).toEqual({
      a: 9007199254740993n,
      b: -9223372036854775808n,
      c: 1,
      d: 1e300,
      e: 0.1,
    })
  })
})
