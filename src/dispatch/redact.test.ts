import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { REDACTED, redactor } from './redact.ts'

/** How programs write a text into what they answer. */
const WRITINGS: Record<string, (text: string) => string> = {
  'as it is': (text) => text,
  'as JSON': (text) => JSON.stringify(text),
  'as JSON of PHP': (text) =>
    JSON.stringify(text)
      .replaceAll('/', '\\/')
      .replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'as a part of a URL': encodeURIComponent,
  'as a URL': encodeURI,
  'in lower case': (text) => encodeURIComponent(text).replace(/%../g, (byte) => byte.toLowerCase()),
  'as Python escapes it': (text) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`),
  'as a form': (text) => new URLSearchParams({ value: text }).toString(),
  'as HTML': (text) =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#x27;'),
}
const writing = fc.constantFrom(...Object.keys(WRITINGS))
/** A secret with a kernel that is not found by chance, and whatever around it. */
const secretText = fc
  .tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))
  .map(([before, after]) => `${before}k9Xq72Lm${after}`.toWellFormed())
/** Half characters too. */
const anything = fc.uint16Array().map((units) => String.fromCharCode(...units))
const noise = fc.string({ maxLength: 50 }).filter((text) => !text.includes('k9Xq'))

describe('a redactor', () => {
  it('takes out a text, wherever it is and however it is written', () => {
    fc.assert(
      fc.property(secretText, noise, noise, writing, (secret, before, after, name) => {
        const written = WRITINGS[name]?.(secret) ?? ''
        const result = redactor([secret]).redact(`${before} ${written} ${after}`)
        expect(result).not.toContain('k9Xq72Lm')
        expect(result).toContain(REDACTED)
      }),
      { numRuns: 1_000 },
    )
  })

  it('takes it out where it was escaped twice', () => {
    fc.assert(
      fc.property(secretText, writing, writing, (secret, inner, outer) => {
        const written = WRITINGS[outer]?.(WRITINGS[inner]?.(secret) ?? '') ?? ''
        expect(redactor([secret]).redact(`{"data":"${written}"}`)).not.toContain('k9Xq72Lm')
      }),
      { numRuns: 1_000 },
    )
  })

  it('leaves nothing of it at an end where it is cut in the middle', () => {
    fc.assert(
      fc.property(secretText, writing, fc.nat(), (secret, name, cut) => {
        const written = WRITINGS[name]?.(secret) ?? ''
        const whole = `a response: ${written}`
        const length = 'a response: '.length + (cut % written.length)
        const result = redactor([secret]).redact(whole.slice(0, length), true)
        // What is shorter than four characters tells nothing.
        expect(result).not.toContain('k9Xq')
      }),
      { numRuns: 1_000 },
    )
  })

  it('leaves everything else as it is', () => {
    fc.assert(
      fc.property(anything, fc.boolean(), (text, isCut) => {
        fc.pre(!/k9Xq/.test(text))
        expect(redactor(['k9Xq72Lm', '"k9Xq72Lm"']).redact(text, isCut)).toBe(text)
      }),
    )
    const { redact } = redactor(['s3cr3t-token'])
    expect(redact('{"a":"\\u0041","b":"s3cr3t\\u002dtoken","c":"%20"}')).toBe(
      '{"a":"\\u0041","b":"[redacted]","c":"%20"}',
    )
    expect(redact('x s3cr3t-token y s3cr3t-token')).toBe('x [redacted] y [redacted]')
  })

  it('writes one mark for texts that overlap or touch', () => {
    const { redact } = redactor(['token=s3cr3t', 's3cr3t', 's3cr3tmore'])
    expect(redact('?token=s3cr3tmore&x')).toBe('?[redacted]&x')
    expect(redact('s3cr3ts3cr3t')).toBe('[redacted]')
  })

  it('does not count short texts', () => {
    expect(redactor(['json', '']).redact('application/json')).toBe('application/json')
  })

  it.each([
    ['dashes', `${'-'.repeat(8_000)}x`, `${'-'.repeat(16_384 - 2)}x`],
    ['backslashes', `${'\\'.repeat(8_000)}x`, `${'\\'.repeat(16_383)}x`],
    ['letters', `${'a'.repeat(8_000)}b`, 'a'.repeat(16_384)],
    ['bytes that are no UTF-8', `${'a'.repeat(8_000)}b`, `\\u0061${'\uFFFD'.repeat(16_000)}x`],
    ['percent signs', `${'%25'.repeat(2_600)}x`, `${'%25'.repeat(5_461)}x`],
  ])('is not held up for long by %s', (_, secret, body) => {
    // No hook has more than 8 KiB of headers, and each value counts in a few forms.
    const many = Array.from({ length: 4 }, (_, index) => secret.slice(index * 50))
    const begun = performance.now()
    redactor(many).redact(body, true)
    expect(performance.now() - begun).toBeLessThan(500)
  })

  it('is not held up for long by many texts that are alike', () => {
    const many = Array.from({ length: 60 }, (_, index) => 'a'.repeat(6 + index))
    const escapes = '\\u0062%62&#98;+%5cu0062&#37;62%26#98;\\u0025 &amp;#37; %2562 %255c '
    const begun = performance.now()
    expect(redactor(many).redact(escapes + 'a'.repeat(16_000), true)).toBe(`${escapes}[redacted]`)
    expect(performance.now() - begun).toBeLessThan(500)
  })
})
