import { styleText } from 'node:util'
import type { Arrival } from './receiver.ts'

/** What to try, as lines that work when they are pasted as they are. */
export function welcome(url: string, database: string, nextBook: number): string {
  const json = `-H 'Content-Type: application/json'`
  const alice = `-H 'Authorization: Bearer alice'`
  const hook = `{"events": ["book.added", "book.read", "book.finished", "user.logged_in"], "target": "${url}/receiver"}`
  const steps: [string, string][] = [
    [
      'Subscribe alice. The target is this bookstore’s own receiver:',
      `${url}/api/hooks/ ${alice} ${json} -d '${hook}'`,
    ],
    [
      'Add a book:',
      `${url}/api/books ${alice} ${json} -d '{"title": "The Two Towers", "pages": 327, "fiction": true}'`,
    ],
    ['Read it:', `-X POST ${url}/api/books/${nextBook}/read ${alice}`],
    ['Read it to its end:', `-X PATCH ${url}/api/books/${nextBook} ${alice} ${json} -d '{"readPages": 327}'`],
    ['Log in:', `${url}/api/login ${json} -d '{"username": "alice"}'`],
  ]
  return [
    `${styleText('bold', 'The bookstore is open')}: ${url}, its books are in ${database}`,
    '',
    `${styleText('bold', 'The dashboard')}: ${url}/dashboard, as the administrator; what alice sees of it: ${url}/dashboard?as=alice`,
    'In the shop of carol, another user, something happens every few seconds, and one of her receivers is broken.',
    '',
    'Paste these into another terminal, one after the other, and watch what arrives here:',
    '',
    ...steps.flatMap(([what, line]) => [styleText('dim', `# ${what}`), `curl -s ${line}; echo`, '']),
    `What arrived is also shown on ${url}/receiver, and what the API can do on ${url}/api/hooks/docs. Ctrl+C closes the bookstore.`,
    '',
  ].join('\n')
}

/** A POST that arrived, as one line of what it was and then the request itself. */
export function arrivalText(arrival: Arrival): string {
  const { at, event, times, webhookId, timestamp, signature, body } = arrival
  const again = times > 1 ? `, arrived ${times} times` : ''
  const title = `${styleText('bold', printable(event))} ${styleText('green', `signature verified${again}`)}`
  return [
    `${styleText('dim', at.toLocaleTimeString('en-GB'))} ${title}`,
    '  POST /receiver',
    ...[`webhook-id: ${webhookId}`, `webhook-timestamp: ${timestamp}`, `webhook-signature: ${signature}`].map(
      (header) => `  ${styleText('dim', printable(header))}`,
    ),
    `  ${printable(body)}`,
    '',
  ].join('\n')
}

export function refusalText(reason: string): string {
  return `${styleText('red', 'refused')} ${printable(reason)}\n`
}

/** Text from outside could steer the terminal by its control characters, or turn the direction of writing. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u${hex(character)}`)
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')
}
