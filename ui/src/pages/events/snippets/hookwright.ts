import type { Snippet } from './snippet.ts'

export const hookwright: Snippet = {
  name: 'hookwright',
  words: 'TypeScript, hookwright/receiver',
  code: ({ id, timestamp, signature }) => `import { createReceiver } from 'hookwright/receiver'

const receiver = createReceiver({
  secret: process.env.WEBHOOK_SECRET ?? '',${
    id === 'webhook-id' && timestamp === 'webhook-timestamp' && signature === 'webhook-signature'
      ? ''
      : `
  headers: { id: '${id}', timestamp: '${timestamp}', signature: '${signature}' },`
  }
})

// A handler of Requests: 204 for what was handled, 401 for what is not signed.
export const POST = receiver.handler({}, { otherwise: ({ event, data }) => console.log(event, data) })
`,
}
