import type { Snippet } from './snippet.ts'

export const node: Snippet = {
  name: 'node',
  words: 'Node.js, without a library',
  code: ({ id, timestamp, signature }) => `import { createHmac, timingSafeEqual } from 'node:crypto'

/** Headers with names in small letters, as node:http has them; the body as it came, as text or bytes. */
export function verify(headers, body, secret) {
  const id = headers['${id}'] ?? ''
  const timestamp = headers['${timestamp}'] ?? ''
  const age = Math.abs(Date.now() / 1000 - Number(timestamp))
  if (!/^\\d+$/.test(timestamp) || age > 300) throw new Error('The timestamp is too far from now.')

  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const expected = createHmac('sha256', key).update(\`\${id}.\${timestamp}.\`).update(body).digest()
  // Several while the secret is rotated.
  const signatures = (headers['${signature}'] ?? '').split(' ')
  const isRight = signatures.some((one) => {
    const [version, text = ''] = one.split(',')
    const given = Buffer.from(text, 'base64')
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
  })
  if (!isRight) throw new Error('The signature is wrong.')
}
`,
}
