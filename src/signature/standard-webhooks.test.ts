import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { generateSecret } from './keys.ts'
import { sign, verify } from './standard-webhooks.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const VECTOR = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
}
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
/** Svix's, for the same message: `test_asymmetric_key_signing` of svix-webhooks, server/svix-server/src/worker.rs. */
const PRIVATE_KEY =
  'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=='
const PUBLIC_KEY = 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4='
const ASYMMETRIC_SIGNATURE =
  'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=='
const now = () => Math.floor(Date.now() / 1000)

describe('sign', () => {
  it("gives the specification's vector", () => {
    expect(sign({ ...VECTOR, secrets: [SECRET] })).toBe(SIGNATURE)
  })

  it("gives Svix's vector for an asymmetric key, whose signature the specification shows too", () => {
    expect(sign({ ...VECTOR, secrets: [PRIVATE_KEY] })).toBe(ASYMMETRIC_SIGNATURE)
  })

  it('takes keys of both schemes at once', () => {
    expect(sign({ ...VECTOR, secrets: [PRIVATE_KEY, SECRET] })).toBe(`${ASYMMETRIC_SIGNATURE} ${SIGNATURE}`)
  })

  it('refuses to sign with a public key', () => {
    expect(() => sign({ ...VECTOR, secrets: [PUBLIC_KEY] })).toThrow(/public key/)
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

  it('accepts an asymmetric signature by its public key, and by the private one', () => {
    const asymmetric = { ...given, signature: ASYMMETRIC_SIGNATURE }
    expect(verify({ ...asymmetric, secrets: [PUBLIC_KEY] })).toBe(true)
    expect(verify({ ...asymmetric, secrets: [PRIVATE_KEY] })).toBe(true)
    expect(verify({ ...asymmetric, secrets: [SECRET, PUBLIC_KEY] })).toBe(true)
    expect(verify({ ...asymmetric, secrets: [SECRET] })).toBe(false)
    expect(verify({ ...asymmetric, secrets: [PUBLIC_KEY], body: `${VECTOR.body} ` })).toBe(false)
    expect(verify({ ...asymmetric, secrets: [generateSecret({ scheme: 'v1a' })] })).toBe(false)
    const renamed = ASYMMETRIC_SIGNATURE.replace('v1a', 'v1')
    expect(verify({ ...asymmetric, signature: renamed, secrets: [PUBLIC_KEY] })).toBe(false)
  })

  it('does not look at more signatures than any sender gives', () => {
    const many = `${'v1a,AAAA '.repeat(32)}${SIGNATURE}`
    expect(verify({ ...given, signature: many })).toBe(false)
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
