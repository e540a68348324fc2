/**
 * The end of the wire for snippets whose targets are on example.com: everything is real up to the socket. What would have
 * been posted is kept, and printed for the test that started the snippet.
 */
// Not a literal: hooks.ts is a snippet of the README, and stands beside this file only when it runs.
const { hooks } = await import(new URL('hooks.ts', import.meta.url).href)

interface Post {
  url: string
  headers: Record<string, string>
  body: string
}

const made: Post[] = []
let arrived = (): void => {}

hooks[Symbol.for('hookwright.seams')].transport = {
  async post({ url, headers, body }: Post) {
    made.push({ url, headers, body })
    console.log(`POST ${JSON.stringify({ url, headers, body })}`)
    arrived()
    return {
      durationMs: 1,
      outcome: 'response',
      response: { status: 204, headers: [], body: new Uint8Array(), truncated: false },
    }
  },
  async close() {},
}

/** Resolves when so many have been posted. */
export async function posts(count: number): Promise<void> {
  while (made.length < count) {
    await new Promise<void>((resolve) => {
      arrived = resolve
    })
  }
}
