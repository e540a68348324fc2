import { createHmac } from 'node:crypto'
import { assert, boolean, constantFrom, integer, property, string, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isTokenLike, readToken, signToken } from './token.ts'

const key = Buffer.alloc(32, 1)
const grant = { owner: '1', expiresAt: 1_893_456_000_000, readOnly: false }
const token = signToken(grant, key)

/** A token of this text, well signed. */
function signed(said: string, by: Uint8Array = key): string {
  const text = `hwp_${Buffer.from(said).toString('base64url')}`
  return `${text}.${createHmac('sha256', by).update(text).digest('base64url')}`
}

describe('a portal token', () => {
  it('says whose it is, until when, and whether it only looks, for any owner', () => {
    const owner = string({ unit: 'binary', minLength: 1, maxLength: 255 })
    assert(
      property(
        owner,
        integer({ min: 0, max: 8.64e15 }),
        boolean(),
        uint8Array({ minLength: 32, maxLength: 32 }),
        (owner, expiresAt, readOnly, key) => {
          const token = signToken({ owner, expiresAt, readOnly }, key)
          expect(token).toMatch(/^hwp_[\w-]+\.[\w-]{43}$/)
          expect(readToken(token, key)).toEqual({ owner, expiresAt, readOnly })
        },
      ),
    )
  })

  it('is as long as it may be for the longest owner', () => {
    const owner = '\u0001'.repeat(255)
    expect(readToken(signToken({ ...grant, owner }, key), key)).toMatchObject({ owner })
  })

  it('is nobody’s with one character more, less or other, anywhere', () => {
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (let at = 0; at < token.length; at += 1) {
      expect(readToken(token.slice(0, at) + token.slice(at + 1), key)).toBeUndefined()
      expect(readToken(token.slice(0, at), key)).toBeUndefined()
      assert(
        property(constantFrom(...digits, '.', '=', ' ', '\n', 'é'), (other) => {
          if (other !== token[at])
            expect(readToken(token.slice(0, at) + other + token.slice(at + 1), key)).toBeUndefined()
          expect(readToken(token.slice(0, at) + other + token.slice(at), key)).toBeUndefined()
        }),
        { numRuns: 20 },
      )
    }
  })

  it('is nobody’s with another key, another signature or another text', () => {
    expect(readToken(token, Buffer.alloc(32, 2))).toBeUndefined()
    const other = signToken({ ...grant, owner: '2' }, key)
    const [text, mac] = [token.split('.')[0], other.split('.')[1]]
    expect(readToken(`${text}.${mac}`, key)).toBeUndefined()
    const unsigned = Buffer.from(JSON.stringify({ v: 1, owner: '1', exp: 9e15, ro: false })).toString(
      'base64url',
    )
    for (const mac of ['', 'none', '.'.repeat(43), 'A'.repeat(43)]) {
      expect(readToken(`hwp_${unsigned}.${mac}`, key)).toBeUndefined()
    }
  })

  it('is nobody’s in another version', () => {
    const said = { owner: '1', exp: 1_893_456_000_000, ro: false }
    expect(readToken(signed(JSON.stringify({ v: 1, ...said })), key)).toEqual(grant)
    for (const v of [0, 2, '1', null, undefined])
      expect(readToken(signed(JSON.stringify({ v, ...said })), key)).toBeUndefined()
  })

  it('is told apart from what is none without a key', () => {
    expect(isTokenLike(token)).toBe(true)
    for (const other of [
      '',
      'hwp_',
      'hwp_a.b',
      token.slice(4),
      `x${token}`,
      `${token}\n`,
      `hwp_${'a'.repeat(5_000)}.${'b'.repeat(43)}`,
    ])
      expect(isTokenLike(other)).toBe(false)
  })
})
