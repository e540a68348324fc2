import { describe, expect, it } from 'vitest'
import { decodeRow } from './row.ts'

describe('decodeRow', () => {
  it('gives plain values as they are', () => {
    expect(decodeRow('{"id":1,"title":"Dune","gone":null,"price":9.5}')).toEqual({
      id: 1,
      title: 'Dune',
      gone: null,
      price: 9.5,
    })
  })

  it('gives integers that a number cannot hold as bigints, and reals as numbers whatever their size', () => {
    expect(
      decodeRow('{"a":9007199254740993,"b":-9223372036854775808,"c":1.0e+300,"d":9007199254740992.0,"e":5}'),
    ).toEqual({
      a: 9007199254740993n,
      b: -9223372036854775808n,
      c: 1e300,
      d: 2 ** 53,
      e: 5,
    })
  })

  it('gives blobs as base64, and what JSON has no number for as a number', () => {
    expect(decodeRow('{"a":{"$blob":"00FF"},"b":{"$blob":""},"c":{"$real":"-Infinity"}}')).toEqual({
      a: 'AP8=',
      b: '',
      c: -Infinity,
    })
  })

  it('takes text that looks like a blob as text', () => {
    expect(decodeRow(String.raw`{"a":"{\"$blob\":\"00\"}"}`)).toEqual({ a: '{"$blob":"00"}' })
  })
})
