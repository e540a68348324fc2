/** JSON's tokens. Everything between them is space. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g

/**
 * JSON with a line for each part. Its tokens stay as they are: parsed and written anew, a long number would have lost digits
 * and a doubled name would be gone. Null where the text is no JSON.
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
  tokens.forEach((token, index) => {
    const opens = token === '{' || token === '['
    const closes = token === '}' || token === ']'
    const before = tokens[index - 1]
    if (closes) depth -= 1
    if (closes && before !== '{' && before !== '[') parts.push(line())
    if (!closes && (before === '{' || before === '[' || before === ',')) parts.push(line())
    if (opens) depth += 1
    parts.push(token === ':' ? ': ' : token)
  })
  return parts.join('')
}
