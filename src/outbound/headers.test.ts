import { describe, expect, it } from 'vitest'
import { checkHeaders } from './headers.ts'

const refusal = expect.objectContaining({ code: 'headers_invalid', field: 'headers' })
const messageOf = (headers: unknown): string => {
  try {
    checkHeaders(headers)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

describe('checkHeaders', () => {
  it('gives back a copy of headers that can be sent', () => {
    const given = {
      'Content-Type': 'application/json',
      Authorization: 'Bearer abc',
      'X-Token': 'a\tb é',
      'X-Empty': '',
      "!#$%&'*+.^_`|~": 'odd but a token',
    }
    const checked = checkHeaders(given)
    expect(checked).toEqual(given)
    expect(checked).not.toBe(given)
    expect(checkHeaders({})).toEqual({})
  })

  it('keeps a header named __proto__ a header', () => {
    const checked = checkHeaders(JSON.parse('{"__proto__":"x"}'))
    expect(Object.entries(checked)).toEqual([['__proto__', 'x']])
  })

  it.each([
    ['null', null],
    ['undefined', undefined],
    ['a string', 'X: y'],
    ['a list', ['X', 'y']],
    ['a Map', new Map([['X', 'y']])],
    ['a Headers', new Headers({ x: 'y' })],
  ])('refuses %s', (_, headers) => {
    expect(() => checkHeaders(headers)).toThrow(refusal)
  })

  it.each([1, null, undefined, true, ['a'], { a: 1 }])(
    'refuses the value %j, which is no string',
    (value) => {
      expect(() => checkHeaders({ 'X-Token': value })).toThrow(refusal)
      expect(messageOf({ 'X-Token': value })).toContain('X-Token')
    },
  )

  it.each(['', 'Ü', 'a b', 'a:', 'a\r\nb', 'a\0', '(x)', 'x,y', ':authority', ' X'])(
    'refuses the name %j',
    (name) => {
      expect(() => checkHeaders({ [name]: 'x' })).toThrow(refusal)
    },
  )

  it.each(['a\r\nX-Injected: 1', 'a\n', '\r', 'a\0b', '\u0001', '\u007f', '\u0085', '✓', '\ud800'])(
    'refuses the value %j and does not show it',
    (value) => {
      const secret = `s3cret${value}`
      expect(() => checkHeaders({ 'X-Token': secret })).toThrow(refusal)
      expect(messageOf({ 'X-Token': secret })).toContain('X-Token')
      expect(messageOf({ 'X-Token': secret })).not.toContain('s3cret')
    },
  )

  it.each([
    'Host',
    'HOST',
    'Connection',
    'Content-Length',
    'Transfer-Encoding',
    'transfer_encoding',
    'Expect',
    'Upgrade',
    'HTTP2-Settings',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Content-Encoding',
    'Proxy-Authorization',
    'Proxy-Connection',
    'webhook-id',
    'Webhook-Signature',
    'Webhook_Signature',
    'webhook-anything',
    'svix-id',
    'SVIX-SIGNATURE',
  ])('refuses %s, and names it but not its value', (name) => {
    expect(() => checkHeaders({ [name]: 's3cret' })).toThrow(refusal)
    expect(messageOf({ [name]: 's3cret' })).toContain(JSON.stringify(name))
    expect(messageOf({ [name]: 's3cret' })).not.toContain('s3cret')
  })

  it('refuses a name that is there twice, in different case', () => {
    expect(messageOf({ 'X-Token': 'a', 'x-token': 'b' })).toContain('"x-token" is there twice')
    expect(messageOf({ 'x-token': 'a', 'X-Token': 'b' })).toContain('"X-Token" is there twice')
  })

  it('refuses more headers, and larger ones, than a receiver takes', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, '']))
    expect(checkHeaders(many(64))).toEqual(many(64))
    expect(() => checkHeaders(many(65))).toThrow(refusal)
    expect(checkHeaders({ X: 'a'.repeat(8192 - 'X: \r\n'.length) })).toHaveProperty('X')
    expect(() => checkHeaders({ X: 'a'.repeat(8193 - 'X: \r\n'.length) })).toThrow(refusal)
    const large = messageOf({ A: '1', 'X-Large': 'a'.repeat(2 ** 20), B: '2' })
    expect(large).toContain('"X-Large"')
    expect(large.length).toBeLessThan(200)
    expect(messageOf({ ['x'.repeat(2 ** 20)]: 'a' }).length).toBeLessThan(200)
    expect(messageOf({ ['x'.repeat(2 ** 20)]: '\n' }).length).toBeLessThan(300)
  })
})
