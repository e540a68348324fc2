/**
 * What the browser keeps. A page in a frame of another site may find that storage throws, or is not there at all; then
 * things are kept for as long as the page is.
 */
export interface Kept {
  get(): string | null
  set(value: string | null): void
}

export function kept(storageOf: () => Storage, key: string): Kept {
  let inMemory: string | null = null
  return {
    get() {
      // Once known it stays: frames of one origin in one tab share what the browser keeps, and each may have its own.
      if (inMemory !== null) return inMemory
      try {
        inMemory = storageOf().getItem(key)
      } catch {
        // There is none.
      }
      return inMemory
    },
    set(value) {
      inMemory = value
      try {
        if (value === null) storageOf().removeItem(key)
        else storageOf().setItem(key, value)
      } catch {
        // In memory it is.
      }
    },
  }
}
