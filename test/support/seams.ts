import { SEAMS, type Seams } from '../../src/operations/index.ts'

/** The clock, network and dispatcher of what createHooks made: a test may put its own in their places. */
export function seamsOf(hooks: object): Seams {
  return (hooks as { [SEAMS]: Seams })[SEAMS]
}

/** Keeps posts from being answered until `answer()`. */
export function holdPosts(hooks: object) {
  const seams = seamsOf(hooks)
  const { transport, dispatcher } = seams
  const { promise, resolve: answer } = Promise.withResolvers<void>()
  /** How many have begun. */
  const posts = { begun: 0 }
  seams.transport = {
    close: () => transport.close(),
    async post(request) {
      posts.begun += 1
      await promise
      return await transport.post(request)
    },
  }
  return { dispatcher, posts, answer }
}
