/** JSON's tokens. Everything between them is space. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g

/** Of a body of lists in lists alone the indents would be gigabytes. */
const DEEPEST = 100

/**
 * JSON with a line for each part. Its tokens stay as they are: parsed and written anew, a long number would have lost digits
 * and a doubled name would be gone. Null where the text is no JSON, or so deep that nobody could read it.
 */
export function prettyJson(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return text
  } catch {
    return null
  }
  const tokens = text.match(TOKEN) ?? []
  const parts: string[] = []
  let depth = 0
  const line = () => `\n${'  '.repeat(depth)}`
  for (const [index, token] of tokens.entries()) {
    const opens = token === '{' || token === '['
    const closes = token === '}' || token === ']'
    const before = tokens[index - 1]
    if (closes) depth -= 1
    if (closes && before !== '{' && before !== '[') parts.push(line())
    if (!closes && (before === '{' || before === '[' || before === ',')) parts.push(line())
    if (opens) depth += 1
    if (depth > DEEPEST) return null
    parts.push(token === ':' ? ': ' : token)
  }
  return parts.join('')
}
