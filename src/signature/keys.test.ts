import { getPublicKeyAsync, signAsync, verifyAsync } from '@noble/ed25519'
import { describe, expect, it } from 'vitest'
import { generateSecret, isSecret, keyOf, schemeOf, verificationKey } from './keys.ts'
import { sign } from './standard-webhooks.ts'

const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`
const privateOf = (bytes: Uint8Array) => `whsk_${Buffer.from(bytes).toString('base64')}`
const bytesOf = (key: string) => Buffer.from(key.slice(key.indexOf('_') + 1), 'base64')

/** RFC 8032, 7.1: the tests whose messages are text. Private key, public key, message, signature. */
const RFC_8032 = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '\u0072',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
] as const

describe('generateSecret', () => {
  it('takes 32 random bytes, never the same', () => {
    const made = Array.from({ length: 100 }, () => generateSecret())
    expect(new Set(made).size).toBe(100)
    for (const secret of made) expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(made.every(isSecret)).toBe(true)
  })

  it('takes them of the given source of randomness', async () => {
    const random = { bytes: (length: number) => new Uint8Array(length).fill(7) }
    expect(generateSecret({ random })).toBe(secretOf(32))
    const pair = bytesOf(generateSecret({ scheme: 'v1a', random }))
    expect(pair.subarray(0, 32)).toEqual(Buffer.alloc(32, 7))
    expect(pair.subarray(32)).toEqual(Buffer.from(await getPublicKeyAsync(Buffer.alloc(32, 7))))
  })

  it('makes pairs of keys that are signing secrets', () => {
    const made = generateSecret({ scheme: 'v1a' })
    expect(made).toMatch(/^whsk_[A-Za-z0-9+/]{86}==$/)
    expect([isSecret(made), schemeOf(made), schemeOf(generateSecret())]).toEqual([true, 'v1a', 'v1'])
  })
})

describe('isSecret', () => {
  it.each([
    ['24 bytes', secretOf(24), true],
    ['64 bytes', secretOf(64), true],
    ['23 bytes', secretOf(23), false],
    ['65 bytes', secretOf(65), false],
    ['no prefix', secretOf(32).slice('whsec_'.length), false],
    ['a public key', secretOf(32).replace('whsec_', 'whpk_'), false],
    ['a private key alone', secretOf(32).replace('whsec_', 'whsk_'), true],
    ['a private key of 31 bytes', secretOf(31).replace('whsec_', 'whsk_'), false],
    ["a private key with another's public key", privateOf(Buffer.alloc(64, 7)), false],
    ['no padding', secretOf(32).replace('=', ''), false],
    ['base64url', `whsec_${Buffer.alloc(24, 255).toString('base64url')}`, false],
    ['a line break', `${secretOf(24)}\n`, false],
    ['nothing', '', false],
  ])('with %s', (_, secret, expected) => {
    expect(isSecret(secret)).toBe(expected)
  })
})

describe('Ed25519', () => {
  it.each(RFC_8032)('gives the vector of RFC 8032 for %s', (seed, publicHex, message, signature) => {
    const key = keyOf(privateOf(Buffer.from(seed, 'hex')))
    expect(bytesOf(key.verificationKey).toString('hex')).toBe(publicHex)
    expect(key.sign?.(message).toString('hex')).toBe(signature)
    expect(keyOf(key.verificationKey).verify(message, Buffer.from(signature, 'hex'))).toBe(true)
  })

  it('signs what an independent implementation signs, and accepts what that accepts', async () => {
    for (const body of ['', '{}', '{"data":"é中\\u0000😀"}']) {
      const secret = generateSecret({ scheme: 'v1a' })
      const seed = bytesOf(secret).subarray(0, 32)
      const content = Buffer.from(`msg_1.1614265330.${body}`)
      const theirs = Buffer.from(await signAsync(content, seed))
      const ours = sign({ id: 'msg_1', timestamp: 1614265330, body, secrets: [secret] })
      expect(ours).toBe(`v1a,${theirs.toString('base64')}`)
      expect(await verifyAsync(theirs, content, bytesOf(verificationKey(secret)))).toBe(true)
    }
  })
})

describe('verificationKey', () => {
  it('gives the public key of a private one, with and without it behind', () => {
    const secret = generateSecret({ scheme: 'v1a' })
    const seed = privateOf(bytesOf(secret).subarray(0, 32))
    expect(verificationKey(secret)).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/)
    expect(verificationKey(seed)).toBe(verificationKey(secret))
    expect(verificationKey(verificationKey(secret))).toBe(verificationKey(secret))
  })

  it('gives a symmetric secret as it is', () => {
    expect(verificationKey(secretOf(32))).toBe(secretOf(32))
  })

  it('refuses what is none, without showing it', () => {
    const attempt = () => verificationKey('whsk_c2hvcnQ=')
    expect(attempt).toThrow(expect.objectContaining({ code: 'secret_invalid', field: 'secret' }))
    expect(attempt).not.toThrow('c2hvcnQ')
  })
})
