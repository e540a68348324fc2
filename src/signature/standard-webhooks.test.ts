import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { generateSecret, isSecret, sign, verify } from './standard-webhooks.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const VECTOR = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
}
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`
const now = () => Math.floor(Date.now() / 1000)

describe('sign', () => {
  it("gives the specification's vector", () => {
    expect(sign({ ...VECTOR, secrets: [SECRET] })).toBe(SIGNATURE)
  })

  it('gives one signature a secret, in their order, a space between', () => {
    const other = generateSecret()
    const second = sign({ ...VECTOR, secrets: [other] })
    expect(sign({ ...VECTOR, secrets: [SECRET, other] })).toBe(`${SIGNATURE} ${second}`)
    expect(sign({ ...VECTOR, secrets: [other, SECRET] })).toBe(`${second} ${SIGNATURE}`)
  })

  it.each(['hunter2', 'whsec_', 'whsec_c2hvcnQ=', `${SECRET} `])(
    'refuses the secret %j without showing it',
    (secret) => {
      const attempt = () => sign({ ...VECTOR, secrets: [secret] })
      expect(attempt).toThrow(expect.objectContaining({ code: 'secret_invalid', field: 'secret' }))
      if (secret.length > 'whsec_'.length) expect(attempt).not.toThrow(secret)
    },
  )

  it('refuses to send a message without any signature', () => {
    expect(() => sign({ ...VECTOR, secrets: [] })).toThrow(
      expect.objectContaining({ code: 'secret_invalid' }),
    )
  })
})

describe('the npm package standardwebhooks', () => {
  const accepts = (
    secret: string,
    message: { id: string; timestamp: number; body: string },
    signature: string,
  ) => {
    try {
      new Webhook(secret).verify(message.body, {
        'webhook-id': message.id,
        'webhook-timestamp': String(message.timestamp),
        'webhook-signature': signature,
      })
      return true
    } catch {
      return false
    }
  }
  const [secret, oldSecret] = [generateSecret(), generateSecret()]
  const message = {
    id: '0192f1c4aaaaaaaaaaaaaaaaaaaaaaaa_1',
    timestamp: now(),
    body: '{"data":"é中\\u0000😀\\ud800"}',
  }
  const signature = sign({ ...message, secrets: [secret, oldSecret] })

  it('accepts what we sign, with the new secret and with the old', () => {
    expect(accepts(secret, message, signature)).toBe(true)
    expect(accepts(oldSecret, message, signature)).toBe(true)
    expect(accepts(generateSecret(), message, signature)).toBe(false)
  })

  it('refuses it when a byte of id, timestamp or body changes', () => {
    expect(accepts(secret, { ...message, id: `${message.id}1` }, signature)).toBe(false)
    expect(accepts(secret, { ...message, timestamp: message.timestamp + 1 }, signature)).toBe(false)
    expect(accepts(secret, { ...message, body: message.body.replace('data', 'Data') }, signature)).toBe(false)
  })

  it('signs what we accept', () => {
    const theirs = new Webhook(secret).sign(message.id, new Date(message.timestamp * 1000), message.body)
    expect(verify({ ...message, signature: theirs, secrets: [secret] })).toBe(true)
  })
})

describe('verify', () => {
  const given = { ...VECTOR, signature: SIGNATURE, secrets: [SECRET], now: VECTOR.timestamp }

  it('accepts any of several signatures, by any of several secrets', () => {
    expect(verify(given)).toBe(true)
    expect(verify({ ...given, signature: `v1,AAAA v1a,xyz ${SIGNATURE}` })).toBe(true)
    expect(verify({ ...given, secrets: [generateSecret(), SECRET] })).toBe(true)
  })

  it.each([
    ['another id', { id: 'msg_p5jXN8AQM9LWM0D4loKWxJel' }],
    ['another timestamp', { timestamp: VECTOR.timestamp + 1 }],
    ['another body', { body: '{"test": 2432232315}' }],
    ['another signature', { signature: SIGNATURE.replace('g0', 'g1') }],
    ['a signature that is too short', { signature: SIGNATURE.slice(0, -6) }],
    ['another version', { signature: SIGNATURE.replace('v1', 'v2') }],
    ['no signature', { signature: '' }],
    ['another secret', { secrets: [generateSecret()] }],
    ['no secret', { secrets: [] }],
    ['a timestamp that is no number', { timestamp: Number.NaN }],
  ])('refuses %s', (_, change) => {
    expect(verify({ ...given, ...change })).toBe(false)
  })

  it('refuses a message that is too old or from too far in the future', () => {
    expect(verify({ ...given, now: VECTOR.timestamp + 300 })).toBe(true)
    expect(verify({ ...given, now: VECTOR.timestamp + 301 })).toBe(false)
    expect(verify({ ...given, now: VECTOR.timestamp - 301 })).toBe(false)
    expect(verify({ ...given, now: VECTOR.timestamp + 11, toleranceSeconds: 10 })).toBe(false)
  })

  it("takes the machine's time unless told otherwise", () => {
    const message = { id: 'msg_1', timestamp: now(), body: '{}' }
    const signature = sign({ ...message, secrets: [SECRET] })
    expect(verify({ ...message, signature, secrets: [SECRET] })).toBe(true)
    expect(verify({ ...VECTOR, signature: SIGNATURE, secrets: [SECRET] })).toBe(false)
  })

  it('throws when it is the secret that is malformed, not the message', () => {
    expect(() => verify({ ...given, secrets: ['whsec_'] })).toThrow(
      expect.objectContaining({ code: 'secret_invalid' }),
    )
  })
})

describe('secrets', () => {
  it('are 32 random bytes, never the same', () => {
    const made = Array.from({ length: 100 }, () => generateSecret())
    expect(new Set(made).size).toBe(100)
    for (const secret of made) expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(made.every(isSecret)).toBe(true)
  })

  it('are made of the given source of randomness', () => {
    expect(generateSecret({ bytes: (length) => new Uint8Array(length).fill(7) })).toBe(secretOf(32))
  })

  it.each([
    ['24 bytes', secretOf(24), true],
    ['64 bytes', secretOf(64), true],
    ['23 bytes', secretOf(23), false],
    ['65 bytes', secretOf(65), false],
    ['no prefix', secretOf(32).slice('whsec_'.length), false],
    ['another prefix', secretOf(32).replace('whsec_', 'whpk_'), false],
    ['no padding', secretOf(32).replace('=', ''), false],
    ['base64url', `whsec_${Buffer.alloc(24, 255).toString('base64url')}`, false],
    ['a line break', `${secretOf(24)}\n`, false],
    ['nothing', '', false],
  ])('with %s', (_, secret, expected) => {
    expect(isSecret(secret)).toBe(expected)
  })
})
