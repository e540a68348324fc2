import { useEffect, useState, useSyncExternalStore } from 'react'
import { exactTime, timeAgo } from './time-words.ts'

let now = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/** One clock for all times on the page. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, 1_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Milliseconds since the epoch, each second anew. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}

interface TimeProps {
  at: string
}

/** How long ago something was, or how soon it will be; the exact time is its title. */
export function Ago({ at }: TimeProps) {
  const time = Date.parse(at)
  const ticking = useNow()
  // The page's clock may be a second behind an answer that has just come.
  const difference = time - ticking
  const text = timeAgo(difference > 0 && difference < 1_500 ? ticking : time, ticking)
  return (
    <time dateTime={at} title={exactTime(time)}>
      {text}
    </time>
  )
}

export function Exact({ at }: TimeProps) {
  return <time dateTime={at}>{exactTime(Date.parse(at))}</time>
}

/** A value that follows another once that has stood still for a while, such as what is being typed. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timeout = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timeout)
  }, [value, ms])
  return settled
}
