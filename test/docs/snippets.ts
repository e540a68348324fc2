/** Code blocks of the documentation, and what the HTML comments before them say about how to run them. */

export interface Snippet {
  /** `README.md:12`: where its first line is. */
  at: string
  language: string
  code: string
  /** The file that its first line names: `hooks.ts`. */
  file: string | undefined
  /** Code to put before and after it, for the test alone. */
  before: string
  after: string
  /** Why it is not run. */
  skip: string | undefined
  /** What it wants: `bookstore`, for lines that are pasted while that runs. */
  needs: string | undefined
}

const BLOCK = /^(?:<!--[\s\S]*?-->\n|```(\w*)\n([\s\S]*?)^```$\n?)/gm

/**
 * The code blocks of a page. A comment `<!-- test: skip, reason -->`, `<!-- test: before … -->`, `<!-- test: after … -->` or
 * `<!-- test: name -->` belongs to the block that follows.
 */
export function snippetsOf(page: string, text: string): Snippet[] {
  const snippets: Snippet[] = []
  let notes: string[] = []
  for (const match of text.matchAll(BLOCK)) {
    const [whole, language, code] = match
    if (code === undefined) {
      const [, note] = /^<!-- test: ([\s\S]*?)\s*-->/.exec(whole) ?? []
      if (note !== undefined) notes.push(note)
      continue
    }
    const noteOf = (kind: string) => notes.find((note) => note.startsWith(kind))?.slice(kind.length)
    snippets.push({
      at: `${page}:${text.slice(0, match.index).split('\n').length + 1}`,
      language: language ?? '',
      code,
      file: /^\/\/ ([\w.-]+\.ts)$/m.exec(code.split('\n', 1)[0] ?? '')?.[1],
      before: noteOf('before') ?? '',
      after: noteOf('after') ?? '',
      skip: noteOf('skip, '),
      needs: notes.find((note) => /^\w+$/.test(note)),
    })
    notes = []
  }
  return snippets
}
