/** What is wrong with a target at the first look; the server knows more. Undefined for nothing. */
export function faultOfTarget(text: string): string | undefined {
  const target = text.trim()
  if (target === '') return undefined
  if (!/^https?:\/\//i.test(target)) return 'It begins with https://, or with http://.'
  const url = URL.parse(target)
  if (url === null || url.hostname === '') return 'Enter a valid URL.'
  if (url.username !== '' || url.password !== '')
    return 'Leave out the user name and password; use a header for these.'
  if ([...target].length > 255) return 'It has more than 255 characters.'
  return undefined
}

/** What is wrong with a filter, as JSON. Undefined for nothing. */
export function faultOfFilter(text: string): string | undefined {
  if (text.trim() === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined
    return 'It is an object: {"pages": {"$gt": 300}}'
  } catch (error) {
    return `It is no JSON: ${error instanceof Error ? error.message : String(error)}`
  }
}
