import { describe, expect, it } from 'vitest'
import { visible, visibleLine } from './visible-text.ts'

describe('visible', () => {
  it.each([
    ['invoice_\u202Egnp.exe', 'invoice_⟨U+202E⟩gnp.exe'],
    ['a\u0000b', 'a⟨NUL⟩b'],
    ['\u001b[31mred', '⟨ESC⟩[31mred'],
    ['zero\u200Bwidth\uFEFF', 'zero⟨U+200B⟩width⟨U+FEFF⟩'],
    ['\u{E0041}tag', '⟨U+E0041⟩tag'],
    ['half \ud83d.', 'half ⟨U+D83D⟩.'],
    ['a\rb', 'a⟨CR⟩b'],
    ['\u2028\u2066', '⟨U+2028⟩⟨U+2066⟩'],
  ])('writes out what nobody can see: %j', (text, shown) => {
    expect(visible(text)).toBe(shown)
  })

  it('leaves text in any language, emoji, lines and tabs as they are', () => {
    const text = 'Grüße, 中文, עברית 😀\n\tsecond line'
    expect(visible(text)).toBe(text)
    expect(visible('one\r\ntwo')).toBe('one\ntwo')
  })

  it('keeps in one line what is to be in one', () => {
    expect(visibleLine('a\nb\tc')).toBe('a⟨LF⟩b⟨TAB⟩c')
  })

  it('takes a body of 64 KB of it in a moment', () => {
    const before = performance.now()
    expect(visible('\u202e'.repeat(65_536))).toHaveLength(65_536 * 8)
    expect(performance.now() - before).toBeLessThan(1_000)
  })
})
