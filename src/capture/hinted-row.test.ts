import { describe, expect, it } from 'vitest'
import { decodeRow } from './row.ts'

const hinted = (hints: Record<string, string>, row: string) => decodeRow(`[${JSON.stringify(hints)},${row}]`)

describe('decodeRow with hints, as PostgreSQL writes rows', () => {
  it('gives bytes as base64, in arrays too, and leaves text that looks like them', () => {
    expect(
      hinted({ a: 'blob', b: 'blob' }, String.raw`{"a":"\\x00ff","b":["\\x00",null],"c":"\\x00ff"}`),
    ).toEqual({
      a: 'AP8=',
      b: ['AA==', null],
      c: String.raw`\x00ff`,
    })
  })

  it.each([
    ['12.50', 12.5],
    ['0.1', 0.1],
    ['100.00000000000000000000', 100],
    ['9007199254740993', 9007199254740993n],
    ['0.10000000000000000000000001', '0.10000000000000000000000001'],
    ['-1000000000000000000000.5', '-1000000000000000000000.5'],
    ['0.000000000000000000000000000001', 1e-30],
    ['0.00000000000000012345678901234567890', '0.00000000000000012345678901234567890'],
    ['12345678901234567.0', '12345678901234567.0'],
    ['1e+300', 1e300],
    ['1.2345678901234567e-300', Number('1.2345678901234567e-300')],
    ['"NaN"', Number.NaN],
    ['"-Infinity"', Number.NEGATIVE_INFINITY],
  ])('loses no digit of %s', (text, value) => {
    expect(hinted({ n: 'number', list: 'number' }, `{"n":${text},"list":[${text},[null]]}`)).toEqual({
      n: value,
      list: [value, [null]],
    })
  })

  it('takes fractions inside of json as JavaScript does, whatever is beside them', () => {
    const row =
      '{"j":{"a":[0.12345678901234567890,{"b":12345678901234567890}],"t":"NaN"},"k":0.12345678901234567890}'
    const fraction = Number('0.12345678901234567890')
    expect(hinted({ j: 'json', k: 'json' }, row)).toEqual({
      j: { a: [fraction, { b: 12345678901234567890n }], t: 'NaN' },
      k: fraction,
    })
  })

  it('takes a column that is called like a method, or that has no hint', () => {
    expect(hinted({ a: 'number' }, '{"toString":"NaN","b":"NaN","c":null,"d":{"$blob":"00"}}')).toEqual({
      toString: 'NaN',
      b: 'NaN',
      c: null,
      d: { $blob: '00' },
    })
  })
})
