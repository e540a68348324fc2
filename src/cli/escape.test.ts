import { describe, expect, it } from 'vitest'
import { escapeJson, escapeLines, escapeText } from './escape.ts'

const hostile = 'a\u001b[2Jb\u0007\u009b31m\u202ec\u2028\ufeff\ud800\r\n\td'

describe('text from outside', () => {
  it('is shown on one line, with nothing in it that a terminal obeys', () => {
    expect(escapeText(hostile)).toBe('a\\x1b[2Jb\\x07\\x9b31m\\u202ec\\u2028\\ufeff\\ud800\\r\\n\\td')
  })

  it('keeps its lines where they are wanted', () => {
    expect(escapeLines('a\r\nb\tc\rd\u001b')).toBe('a\nb\tc\\rd\\x1b')
  })

  it('is left alone where it is harmless, whatever the language', () => {
    expect(escapeText('Ærø 書店 🙂 ok')).toBe('Ærø 書店 🙂 ok')
  })

  it('comes through JSON as it was', () => {
    const json = escapeJson({ text: hostile, many: [1n] }, 2)
    expect(JSON.parse(json)).toEqual({ text: hostile, many: ['1'] })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what it looks for
    expect(json).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028\ufeff]/)
  })
})
