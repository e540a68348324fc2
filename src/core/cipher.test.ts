import { createDecipheriv } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCipher, noCipher } from './cipher.ts'

const keyOf = (fill: number) => Buffer.alloc(32, fill).toString('base64')
const PLACE = { column: 'secret', owner: '1' }
const failed = expect.objectContaining({ code: 'decryption_failed' })

describe('a cipher', () => {
  const cipher = createCipher(keyOf(1))

  it('gives back whatever it has encrypted, and never shows it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, owner) => {
        const stored = cipher.encrypt(text, { column: 'headers', owner })
        expect(stored).toMatch(/^enc:1:[0-9a-f]{16}:[A-Za-z0-9+/=]+$/)
        expect(cipher.decrypt(stored, { column: 'headers', owner })).toBe(text)
      }),
    )
    expect(cipher.encrypt('whsec_secret', PLACE)).not.toContain('whsec')
  })

  it('writes what its description says, so that others can read it', () => {
    const [, , id, encoded = ''] = cipher.encrypt('whsec_secret', PLACE).split(':')
    const bytes = Buffer.from(encoded, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', Buffer.alloc(32, 1), bytes.subarray(0, 12))
    decipher.setAAD(Buffer.from(`hookwright:1:${id}:secret:1`)).setAuthTag(bytes.subarray(-16))
    expect(decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')).toBe(
      'whsec_secret',
    )
  })

  it('takes a new nonce for each value', () => {
    const stored = Array.from({ length: 1_000 }, () => cipher.encrypt('same', PLACE))
    const nonces = stored.map((text) => Buffer.from(text.split(':')[3] ?? '', 'base64').subarray(0, 12))
    expect(new Set(nonces.map((nonce) => nonce.toString('hex'))).size).toBe(1_000)
  })

  it('decrypts nothing in another column or for another owner', () => {
    const stored = cipher.encrypt('secret', PLACE)
    expect(() => cipher.decrypt(stored, { column: 'secret', owner: '2' })).toThrow(failed)
    expect(() => cipher.decrypt(stored, { column: 'headers', owner: '1' })).toThrow(failed)
    expect(() => cipher.decrypt(stored, { column: 'secret', owner: '' })).toThrow(failed)
  })

  it('decrypts nothing of which one bit was changed', () => {
    const stored = cipher.encrypt('secret', PLACE)
    const [, , id, encoded = ''] = stored.split(':')
    const bytes = Buffer.from(encoded, 'base64')
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => cipher.decrypt(`enc:1:${id}:${changed.toString('base64')}`, PLACE)).toThrow(failed)
    }
    expect(() => cipher.decrypt(`enc:1:${id}:AAAA`, PLACE)).toThrow(failed)
    expect(() => cipher.decrypt(stored.replace('enc:1', 'enc:2'), PLACE)).toThrow(failed)
  })

  it('reads what was never encrypted', () => {
    expect(cipher.decrypt('whsec_plain', PLACE)).toBe('whsec_plain')
    expect([cipher.isCurrent('whsec_plain'), noCipher.isCurrent('whsec_plain')]).toEqual([false, true])
  })
})

describe('several keys', () => {
  it('all decrypt, and the first encrypts', () => {
    const [old, both, next] = [
      createCipher(keyOf(1)),
      createCipher([keyOf(2), keyOf(1)]),
      createCipher(keyOf(2)),
    ]
    const before = old.encrypt('secret', PLACE)
    expect(both.decrypt(before, PLACE)).toBe('secret')
    expect([both.isCurrent(before), old.isCurrent(before)]).toEqual([false, true])
    const after = both.encrypt('secret', PLACE)
    expect(both.isCurrent(after)).toBe(true)
    expect(next.decrypt(after, PLACE)).toBe('secret')
    expect(() => old.decrypt(after, PLACE)).toThrow(failed)
  })

  it('that lack one name its id, and not the value', () => {
    const stored = createCipher(keyOf(1)).encrypt('secret', PLACE)
    for (const cipher of [createCipher(keyOf(2)), noCipher]) {
      expect(() => cipher.decrypt(stored, PLACE)).toThrow(stored.split(':')[2])
      expect(() => cipher.decrypt(stored, PLACE)).not.toThrow(stored.split(':')[3])
    }
  })
})

describe('the option encryptionKey', () => {
  it('takes base64 and hexadecimal, and the line break of a file', () => {
    const stored = createCipher(keyOf(1)).encrypt('secret', PLACE)
    for (const key of [
      '01'.repeat(32),
      `${keyOf(1)}\n`,
      '0'.repeat(64).replaceAll('00', '01').toUpperCase(),
    ]) {
      expect(createCipher(key).decrypt(stored, PLACE)).toBe('secret')
    }
  })

  it.each([
    ['too short', Buffer.alloc(16, 1).toString('base64')],
    ['too long', Buffer.alloc(33, 1).toString('base64')],
    ['a passphrase', 'correct horse battery staple'],
    ['hexadecimal of 31 bytes', '01'.repeat(31)],
    ['empty', ''],
    ['null', null],
    ['a number', 5],
  ])('refuses one that is %s, says how to make one and does not show it', (_, key) => {
    const make = (option: unknown) => () => createCipher(option)
    expect(make(key)).toThrow(/^encryptionKey: .*randomBytes\(32\)/)
    expect(make([keyOf(1), key])).toThrow(/^encryptionKey\[1\]: /)
    if (typeof key === 'string' && key !== '') expect(make(key)).not.toThrow(key)
  })

  it('refuses an empty list', () => {
    expect(() => createCipher([])).toThrow(expect.objectContaining({ code: 'option_invalid' }))
  })
})
