import { describe, expect, it } from 'vitest'
import hostile from '../../test/fixtures/hostile-urls.json' with { type: 'json' }
import { createAddressPolicy } from './address-policy.ts'
import { checkTarget } from './target.ts'

const policy = createAddressPolicy()

/** What an operator has to add for the cases that ask for it. */
const operators: Record<string, string[]> = {
  'self-deny-list': ['*.sender.example'],
  'operator-deny-list': ['161.26.0.0/16'],
}

/** Cases that are no URL, or none that any rule could open; all others name the host. */
const noUrl = new Set([68, 71, 107, 109, 110, 112, 113, 114, 117, 119, 125, 129, 130, 138, 139])

describe('hostile targets', () => {
  const refused = hostile.cases.filter(({ stage }) => stage === 'registration')
  const accepted = hostile.cases.filter(({ stage }) => stage !== 'registration')

  it.each(refused)('$id is refused at registration: $why', ({ id, url, requires }) => {
    const deny = requires === undefined ? [] : operators[requires]
    expect(() => checkTarget(url, createAddressPolicy({ deny: deny ?? [] }))).toThrow(
      expect.objectContaining({ code: noUrl.has(id) ? 'target_invalid' : 'target_refused', field: 'target' }),
    )
  })

  it.each(accepted)('$id passes registration: $why', ({ url }) => {
    expect(checkTarget(url, policy)).toBe(url)
  })
})

describe('targets that drf-hooks takes', () => {
  it.each([
    'http://example.com/target.php',
    'http://example.com/é中文/😀?q=✓',
    'http://münchen.example/',
    'HTTP://EXAMPLE.COM/',
    'http://example.com:65535/',
    'http://example.com/#f',
    'http://example.com./',
    'http://example.xn--p1ai/',
    'https://hooks.zapier.com/hooks/standard/1/abc/',
    'http://example.com',
    'http://example.com?x=1',
    'http://under_score.example/',
  ])('%s is given back as it is', (target) => {
    expect(checkTarget(target, policy)).toBe(target)
  })

  it.each([
    '',
    '   ',
    '/x',
    'example.com',
    '//example.com/',
    'http://./',
    'http://example..com/',
    'http://.example.com/',
    'http://999.1.1.1/',
    'http://[::1/',
    'http://[fe80::1%25eth0]/',
    'javascript:alert(1)',
    'gopher://example.com/',
    'http://example.com:0/',
    'http://example.com:100000/',
    'http://example.com:/',
    'http://example.com:abc/',
    'http://example.com/a\tb',
    'http://example.com/a\nb',
    'http://example.com/a b',
    'http://example.com/\u0000',
    'http://example.com/\u00a0',
    'http:///example.com/',
    'http:/example.com/',
    'http:example.com/',
    'http:\\\\example.com/',
    'http://exa$mple.com/',
    'http://-a.example/',
    `http://${'a.'.repeat(127)}example/`,
  ])('%j is no URL', (target) => {
    expect(() => checkTarget(target, policy)).toThrow(expect.objectContaining({ code: 'target_invalid' }))
  })

  it.each([undefined, null, 7, {}, ['http://example.com/']])('%j is no URL', (target) => {
    expect(() => checkTarget(target as never, policy)).toThrow(
      expect.objectContaining({ code: 'target_invalid' }),
    )
  })

  it('has 2048 characters at most', () => {
    const target = `http://example.com/${'a'.repeat(2048 - 'http://example.com/'.length)}`
    expect(checkTarget(target, policy)).toBe(target)
    expect(() => checkTarget(`${target}a`, policy)).toThrow(
      expect.objectContaining({ code: 'target_invalid' }),
    )
  })
})

describe('a refusal', () => {
  const messageOf = (target: string) => {
    try {
      checkTarget(target, policy)
    } catch (error) {
      return (error as Error).message
    }
    return ''
  }

  it('names the host as it is understood, why, and the cure', () => {
    expect(messageOf('http://0x7f000001/')).toMatch(
      /^target: 127\.0\.0\.1 is in 127\.0\.0\.0\/8 \(this machine\)\. .*`allow`/,
    )
    expect(messageOf('http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/')).toMatch(/^target: localhost is this machine\./)
    expect(messageOf('http://example.com:6667/')).toMatch(/port 6667/)
    expect(messageOf('http://user:pa55@example.com/')).toMatch(/header/)
  })

  it('shows neither path nor query nor password', () => {
    for (const target of [
      'http://10.0.0.1/s3cret?s3cret',
      'http://user:s3cret@example.com/',
      'http://example.com/s3cret s3cret',
      'ftp://example.com/s3cret',
    ]) {
      expect(messageOf(target)).not.toBe('')
      expect(messageOf(target)).not.toContain('s3cret')
    }
  })
})

describe('in development', () => {
  const development = createAddressPolicy({ allow: ['127.0.0.1/32'] })

  it.each([
    'http://127.0.0.1:3000/',
    'http://localhost:3000/',
    'http://app.localhost:3000/',
    'http://0x7f000001/',
  ])('one entry for 127.0.0.1 makes %s usable', (target) => {
    expect(checkTarget(target, development)).toBe(target)
  })

  it.each(['http://127.0.0.2/', 'http://[::1]/', 'http://redis/', 'http://127.0.0.1:6667/'])(
    'and leaves %s refused',
    (target) => {
      expect(() => checkTarget(target, development)).toThrow(
        expect.objectContaining({ code: 'target_refused' }),
      )
    },
  )
})
