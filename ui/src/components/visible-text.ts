/**
 * What strangers have written may hold characters that show nothing, or that turn around what is beside them: a path that
 * reads as another, a header that hides its end. Here each of them is written out.
 */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu

const NAMES: Readonly<Record<string, string>> = { '\0': 'NUL', '\r': 'CR', '\u001b': 'ESC', '\u007f': 'DEL' }

/** Text as it can be seen: `⟨U+202E⟩` stands for a character that cannot. Newlines and tabs stay. */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(HIDDEN, (found) => {
    const code = found.codePointAt(0) ?? 0
    return `⟨${NAMES[found] ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`}⟩`
  })
}

/** The same for what stands in one line. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '⟨LF⟩').replaceAll('\t', '⟨TAB⟩')
}
