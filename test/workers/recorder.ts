import type { ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { type Arrival, startReceiver } from '../support/receiver.ts'

/** A POST, as the receiver has seen it. */
export interface Post {
  /** When it arrived, in milliseconds of `performance.now()`. */
  at: number
  webhookId: string
  /** The event's number. */
  n: number
  /** The process that has made its body. */
  by: string
  /** How many were under way when it had arrived, itself among them. */
  inFlight: number
  /** What was answered; undefined as long as nothing was. */
  status: number | undefined
}

export interface Recorder {
  target: string
  posts: Post[]
}

/** A receiver that records what arrives, and answers each POST with the status that `answer` gives, as late as it likes. */
export async function startRecorder(
  answer: (post: Post, attempt: number) => number | Promise<number>,
): Promise<Recorder> {
  const posts: Post[] = []
  let inFlight = 0
  const record = async (response: ServerResponse, { webhookId, body }: Arrival): Promise<void> => {
    inFlight += 1
    // When it has been answered, or when the process at the other end is gone.
    response.on('close', () => {
      inFlight -= 1
    })
    const { data, by } = JSON.parse(body) as { data: { n: number }; by: string }
    const post: Post = { at: performance.now(), webhookId, n: data.n, by, inFlight, status: undefined }
    posts.push(post)
    const attempt = posts.filter((one) => one.webhookId === webhookId).length
    const status = await answer(post, attempt)
    if (response.destroyed) return
    post.status = status
    response.writeHead(status).end()
  }
  const receiver = await startReceiver((response, arrival) => void record(response, arrival))
  onTestFinished(receiver.close)
  return { target: receiver.target, posts }
}

/** The most that arrived within any `ms` milliseconds. */
export function mostWithin(posts: readonly Post[], ms: number): number {
  const times = posts.map(({ at }) => at).sort((a, b) => a - b)
  let most = 0
  let from = 0
  for (const [index, at] of times.entries()) {
    while (at - (times[from] ?? at) >= ms) from += 1
    most = Math.max(most, index - from + 1)
  }
  return most
}

/** The times between one and the next, in milliseconds. */
export function gapsOf(posts: readonly Post[]): number[] {
  return posts.slice(1).map(({ at }, index) => at - (posts[index]?.at ?? at))
}
