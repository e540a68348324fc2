import { HEADER_NAMES } from '../../core/webhook-headers.ts'
import type { SignatureSettings } from '../../hooks/index.ts'
import { Html, html } from '../reference/html.ts'
import { respondText } from '../respond.ts'
import type { DashboardSettings } from './options.ts'

/** What goes into the page. */
export interface PageParts {
  settings: DashboardSettings
  /** The names that subscribers find a signature under; Standard Webhooks' unless told. */
  signature?: SignatureSettings | undefined
  version: string
  entry: { readonly js: string; readonly css: string }
}

/** No page of ours is so deep. */
const DEEPEST = 32

/**
 * The way from a path of the dashboard's back to its root, as a browser goes it: a proxy may have cut something off the front
 * of the path that the browser knows, and then only what is relative leads there.
 *
 * @param below what of the path is below `/ui`: `''`, `/`, `/hooks/1`
 * @returns undefined for a path that is deeper than any
 * @example
 * ```ts
 * wayBack('') // 'ui/'
 * wayBack('/hooks/1') // '../'
 * ```
 */
export function wayBack(below: string): string | undefined {
  const depth = below.split('/', DEEPEST + 1).length - 1
  if (depth >= DEEPEST) return undefined
  if (depth === 0) return 'ui/'
  return depth === 1 ? './' : '../'.repeat(depth - 1)
}

/** The page of the dashboard: it holds no data of anybody's, and runs what is its own alone. */
export function dashboardPage({ settings, signature, version, entry }: PageParts, base: string): Response {
  const { title, signInUrl, frameAncestors, theme } = settings
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64')
  const { id, timestamp, signature: signed } = signature?.headers ?? HEADER_NAMES
  const config = { title, signInUrl, version, signature: { id, timestamp, signature: signed } }
  const { text } = html`<!doctype html>
<html lang="en" data-theme="auto">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<base href="${base}">
<title>${title}</title>
<link rel="icon" href="data:,">
${theme.length > 0 && html`<style nonce="${nonce}">${styleOf(theme)}</style>\n`}<link rel="stylesheet" nonce="${nonce}" href="${entry.css}">
<script type="application/json" id="hookwright-config">${scriptOf(config)}</script>
<script type="module" nonce="${nonce}" src="${entry.js}"></script>
</head>
<body><div id="root"></div></body>
</html>
`
  return respondText(200, text, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policyOf(nonce, frameAncestors),
  })
}

function policyOf(nonce: string, frameAncestors: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'nonce-${nonce}'`,
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors}`,
    "require-trusted-types-for 'script'",
  ].join('; ')
}

/** Raw text, as in every style: the values were checked. It counts more than the dashboard's own, also of its dark theme. */
function styleOf(theme: DashboardSettings['theme']): Html {
  return new Html(`:root:root:root{${theme.map(([name, value]) => `${name}:${value}`).join(';')}}`)
}

/** Raw text too: without this character it cannot end before its end. */
function scriptOf(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll('<', '\\u003c'))
}
