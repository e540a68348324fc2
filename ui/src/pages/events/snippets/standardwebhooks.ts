import type { Snippet } from './snippet.ts'

export const standardwebhooks: Snippet = {
  name: 'standardwebhooks',
  words: 'TypeScript, standardwebhooks',
  code: ({ id, timestamp, signature }) => `import { Webhook } from 'standardwebhooks'

const webhook = new Webhook(process.env.WEBHOOK_SECRET ?? '')

/** The body as it came, as text. Throws unless the signature is right and at most five minutes old. */
export function verify(headers: Record<string, string>, body: string): unknown {
  return webhook.verify(body, {
    'webhook-id': headers['${id}'] ?? '',
    'webhook-timestamp': headers['${timestamp}'] ?? '',
    'webhook-signature': headers['${signature}'] ?? '',
  })
}
`,
}
