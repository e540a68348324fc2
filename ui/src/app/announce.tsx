import { useSyncExternalStore } from 'react'

/**
 * What was done, told once to eyes and screen readers alike. Results of a person's own deeds only: what is polled would be
 * chatter.
 */
let current = { text: '', number: 0 }
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setTimeout> | undefined

const SHOWN_MS = 6_000

function set(text: string): void {
  current = { text, number: current.number + 1 }
  for (const listener of listeners) listener()
}

export function announce(text: string): void {
  clearTimeout(timer)
  set(text)
  timer = setTimeout(() => set(''), SHOWN_MS)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export function Announcements() {
  const { text, number } = useSyncExternalStore(subscribe, () => current)
  return (
    <div className="toasts" role="status" aria-live="polite">
      {text !== '' && (
        <p className="toast" key={number}>
          {text}
        </p>
      )}
    </div>
  )
}
