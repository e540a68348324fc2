import { problem } from '../../core/errors.ts'
import { refuseUnknownOptions } from '../../core/options.ts'

/** The option `dashboard`: how the page below `/ui` looks, and where it may be shown. */
export interface DashboardOptions {
  /** What the page is called: `Webhooks` unless told. */
  title?: string
  /** Where somebody who is not known is sent to sign in: a path, or a URL of http or https. Nowhere unless told. */
  signInUrl?: string
  /**
   * The origins whose pages may show it in a frame, `'self'` for its own: `['self', 'https://app.example.com']`. Its own alone
   * unless told, none at all with an empty list.
   */
  frameAncestors?: readonly string[]
  /** Values of its CSS variables: `{ '--hw-accent': 'light-dark(#0a5, #3d8)' }`. */
  theme?: Readonly<Partial<Record<ThemeVariable, string>>>
}

const VARIABLES = [
  '--hw-accent',
  '--hw-accent-ink',
  '--hw-paper',
  '--hw-raised',
  '--hw-line',
  '--hw-ink',
  '--hw-soft',
  '--hw-good',
  '--hw-warn',
  '--hw-bad',
  '--hw-radius',
  '--hw-font',
  '--hw-mono',
] as const

/** What of its looks is the application's to say. */
export type ThemeVariable = (typeof VARIABLES)[number]

/** What the page goes by. */
export interface DashboardSettings {
  readonly title: string
  readonly signInUrl: string | null
  /** As `frame-ancestors` lists them. */
  readonly frameAncestors: string
  /** As they stand in a style. */
  readonly theme: readonly (readonly [name: string, value: string])[]
}

/** @returns undefined where there is to be no dashboard. @throws `option_invalid` */
export function dashboardSettings(option: unknown = {}): DashboardSettings | undefined {
  if (option === false) return undefined
  refuseUnknownOptions(option, ['title', 'signInUrl', 'frameAncestors', 'theme'], 'dashboard')
  const { title = 'Webhooks', signInUrl, frameAncestors = ['self'], theme = {} } = option as DashboardOptions
  return {
    title: checkTitle(title),
    signInUrl: signInUrl === undefined ? null : checkSignInUrl(signInUrl),
    frameAncestors: ancestorsOf(frameAncestors),
    theme: themeOf(theme),
  }
}

const LONGEST = 200

function checkTitle(title: unknown): string {
  if (typeof title === 'string' && title.trim() !== '' && title.length <= LONGEST && isPlain(title))
    return title
  throw wrong('title', title, `it must be text of 1 to ${LONGEST} characters`, "It is 'Webhooks' if left out")
}

/** No line breaks or other characters that are not seen, and nothing that is half a character. */
function isPlain(text: string): boolean {
  return text.isWellFormed() && !/[\p{Cc}\u2028\u2029]/u.test(text)
}

function checkSignInUrl(url: unknown): string {
  // Whoever follows it runs it, so that its scheme matters. `//host` and `/\host` are no paths, and browsers skip what is not seen.
  const isFit =
    typeof url === 'string' &&
    isPlain(url) &&
    !/[\s\\]/.test(url) &&
    /^(?:https?:\/\/(?!\/)|\/(?!\/))/.test(url) &&
    URL.canParse(url, 'https://localhost')
  if (isFit) return url
  throw wrong(
    'signInUrl',
    url,
    'it must be a path or a URL of http or https',
    "For example '/login', or 'https://app.example.com/login'",
  )
}

function ancestorsOf(ancestors: unknown): string {
  const cure = "For example ['self', 'https://app.example.com']: scheme, host and port, no path"
  if (!Array.isArray(ancestors))
    throw wrong('frameAncestors', ancestors, 'it must be a list of origins', cure)
  const sources = ancestors.map((ancestor: unknown) => {
    if (ancestor === 'self') return "'self'"
    if (typeof ancestor === 'string' && isOrigin(ancestor)) return ancestor
    throw wrong('frameAncestors', ancestor, 'it is no origin', cure)
  })
  return sources.length === 0 ? "'none'" : sources.join(' ')
}

/** As a browser writes it, and without what would be more than one source in the policy, or every host. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/(?:\*\.)?[a-z\d[][a-z\d.:[\]-]*$/.test(text) && URL.parse(text)?.origin === text
}

function themeOf(theme: unknown): [name: string, value: string][] {
  refuseUnknownOptions(theme, VARIABLES, 'dashboard.theme')
  return Object.entries(theme as object).map(([name, value]: [string, unknown]) => {
    if (typeof value === 'string' && isStyleValue(value)) return [name, value]
    throw wrong(
      `theme['${name}']`,
      value,
      'it must be a colour, a length or a list of fonts, and nothing more',
      `For example '#0a7f5a', '6px' or '"Inter", sans-serif'`,
    )
  })
}

const FUNCTIONS = new Set(
  'rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark calc min max clamp var'.split(' '),
)

/** What is a value, loads nothing and ends where it ends: neither the declaration nor the style can be left from within. */
function isStyleValue(value: string): boolean {
  if (value.trim() === '' || value.length > LONGEST || !isPlain(value)) return false
  const parts = value.match(/"[^"'\\<>]*"|'[^"'\\<>]*'|[^"']+/g) ?? []
  // A quotation mark that has no other is in none of them.
  if (parts.join('') !== value) return false
  const bare = parts.filter((part) => !/^["']/.test(part)).join(' ')
  if (!/^[\p{L}\p{N}\s.,%#()+*/_-]*$/u.test(bare) || /\/\*|\*\//.test(bare)) return false
  const named = [...bare.matchAll(/([\p{L}\p{N}_-]*)\(/gu)].map(([, name = '']) => name.toLowerCase())
  return isBalanced(bare) && named.every((name) => name === '' || FUNCTIONS.has(name))
}

function isBalanced(text: string): boolean {
  let depth = 0
  for (const character of text) {
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (depth < 0) return false
  }
  return depth === 0
}

function wrong(name: string, value: unknown, fault: string, cure: string): Error {
  return problem('option_invalid', { field: `dashboard.${name}`, value, problem: fault, cure })
}
