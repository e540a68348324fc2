import { createHash } from 'node:crypto'
import type { Arrival } from './receiver.ts'

const STYLE = `
  :root {
    color-scheme: light dark;
    --paper: #faf9f6; --card: #fff; --ink: #22211f; --faint: #6d6a63; --line: #e2dfd7; --accent: #17694f; --key: #7a4a12;
  }
  @media (prefers-color-scheme: dark) {
    :root { --paper: #181816; --card: #21211e; --ink: #eceae4; --faint: #a5a199; --line: #383731; --accent: #6fc9a6; --key: #dcae74; }
  }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
  main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
  header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; justify-content: space-between; }
  h1 { font-size: 1.5rem; line-height: 1.2; margin: 0; letter-spacing: -.01em; }
  header p { margin: 0; color: var(--faint); }
  ol { list-style: none; margin: 1.75rem 0 0; padding: 0; display: grid; gap: 1rem; }
  li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem 1.25rem; min-width: 0; }
  h2 { font-size: 1.0625rem; margin: 0; overflow-wrap: anywhere; }
  .head { display: flex; flex-wrap: wrap; gap: .125rem .75rem; align-items: baseline; }
  .genuine { color: var(--accent); font-size: .875rem; }
  time { color: var(--faint); font-size: .875rem; margin-left: auto; font-variant-numeric: tabular-nums; }
  pre, code { font: .8125rem/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
  pre { margin: .75rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
  dl { margin: .75rem 0 0; padding-top: .75rem; border-top: 1px solid var(--line); display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }
  dl * { font: .75rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; color: var(--faint); margin: 0; overflow-wrap: anywhere; min-width: 0; }
  .empty { margin-top: 1.75rem; border: 1px dashed var(--line); border-radius: .5rem; padding: 1.25rem; }
  .empty p { margin: 0; }
  ol:not(:empty) ~ .empty { display: none; }
  @media (max-width: 34rem) {
    main { padding-top: 1.5rem; }
    dl { grid-template-columns: 1fr; }
    dd + dt { margin-top: .25rem; }
    time { margin-left: 0; }
  }
`

const SCRIPT = `
  const list = document.querySelector('ol')
  const state = document.querySelector('#state')
  const arrivals = new EventSource('/receiver/arrivals')
  arrivals.onopen = () => { state.textContent = 'New ones appear by themselves.' }
  arrivals.onerror = () => { state.textContent = 'The bookstore does not answer. Trying again …' }
  arrivals.onmessage = ({ data }) => { list.innerHTML = JSON.parse(data) }
`

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** For the page: what it may load and run is what it was made with here, and nothing that arrived. */
export const contentSecurityPolicy = `default-src 'none'; connect-src 'self'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** What has arrived, as a page that keeps itself up to date. */
export function receiverPage(arrivals: readonly Arrival[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Receiver · Bookstore</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header><h1>What arrived at /receiver</h1><p id="state" role="status">Reload to see new ones.</p></header>
<ol aria-live="polite">${arrivalItems(arrivals)}</ol>
<div class="empty"><p>Nothing yet. Paste the lines that <code>npm start</code> has printed: create a hook, then a book.</p></div>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`
}

/** The list's items, the newest first. */
export function arrivalItems(arrivals: readonly Arrival[]): string {
  return arrivals.map(item).join('')
}

function item(arrival: Arrival): string {
  const { webhookId, timestamp, signature, event, body, at, times } = arrival
  const again = times > 1 ? `, arrived ${times} times` : ''
  return `<li>
<div class="head"><h2>${escapeHtml(event)}</h2><span class="genuine">signature verified${again}</span><time datetime="${at.toISOString()}">${at.toLocaleTimeString('en-GB')}</time></div>
<pre>${escapeHtml(JSON.stringify(JSON.parse(body), null, 2))}</pre>
<dl>
<dt>webhook-id</dt><dd>${escapeHtml(webhookId)}</dd>
<dt>webhook-timestamp</dt><dd>${escapeHtml(timestamp)}</dd>
<dt>webhook-signature</dt><dd>${escapeHtml(signature)}</dd>
</dl>
</li>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
