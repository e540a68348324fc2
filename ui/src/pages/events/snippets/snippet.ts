/** The names of the three headers that sign a delivery, in small letters. */
export interface HeaderNames {
  id: string
  timestamp: string
  signature: string
}

/**
 * Code that verifies a signature, ready to paste. It takes the body as it came, compares in constant time, wants a timestamp
 * within five minutes, and takes any of several signatures, as there are while a secret is rotated.
 */
export interface Snippet {
  /** As the address names it. */
  name: string
  /** As people do. */
  words: string
  code: (names: HeaderNames) => string
}
