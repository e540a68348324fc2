import { describe, expect, it } from 'vitest'
import { dashboardSettings } from './options.ts'

const refusal = (option: unknown) => {
  try {
    dashboardSettings(option)
  } catch (error) {
    return error as { code: string; field: string; message: string }
  }
  return undefined
}

describe('dashboardSettings', () => {
  it('has a page for its own origin that nothing was said of, and none where there is to be none', () => {
    expect(dashboardSettings()).toEqual({
      title: 'Webhooks',
      signInUrl: null,
      frameAncestors: "'self'",
      theme: [],
    })
    expect(dashboardSettings(false)).toBeUndefined()
  })

  it.each([
    true,
    null,
    'on',
    { titel: 'x' },
    { theme: { '--accent': 'red' } },
    { theme: { '--hw-accent;x': 'red' } },
    { theme: [] },
  ])('refuses %j', (option) => {
    expect(refusal(option)).toMatchObject({ code: 'option_invalid' })
  })

  it.each(['', ' ', 5, null, 'x'.repeat(201), 'a\nb', 'a\0', 'a\u2028', '\ud800'])(
    'refuses the title %j',
    (title) => {
      expect(refusal({ title })).toMatchObject({ code: 'option_invalid', field: 'dashboard.title' })
    },
  )

  it.each(['</title><script>', '"\'&', 'Wébhooks 🪝'])('takes the title %j', (title) => {
    expect(dashboardSettings({ title })).toMatchObject({ title })
  })

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    ' javascript:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '\\\\evil.example',
    'login',
    '',
    'https:/evil.example',
    'https:evil.example',
    'https://',
    'https:///evil.example',
    'ftp://a.example',
    5,
    null,
  ])('refuses to send people to %j', (signInUrl) => {
    expect(refusal({ signInUrl })).toMatchObject({ code: 'option_invalid', field: 'dashboard.signInUrl' })
  })

  it.each(['/', '/login?next=/hooks', 'https://app.example.com/login#x', 'http://localhost:3000/é'])(
    'sends people to %j',
    (signInUrl) => {
      expect(dashboardSettings({ signInUrl })).toMatchObject({ signInUrl })
    },
  )

  it.each([
    'https://app.example.com/',
    'https://app.example.com/path',
    'app.example.com',
    'https://a.example;script-src',
    "https://a.example'unsafe-inline'",
    'https://a.example, https://b.example',
    'https://a.example https://b.example',
    'https://A.example',
    "'self'",
    '*',
    'https://*',
    'http://*:8080',
    'https://*.',
    'https://*.*.example.com',
    'https://app.*.example.com',
    'https://app*.example.com',
    'data:',
    'null',
    'javascript://a.example',
    5,
    null,
  ])('refuses to be framed by %j', (ancestor) => {
    expect(refusal({ frameAncestors: [ancestor] })).toMatchObject({
      code: 'option_invalid',
      field: 'dashboard.frameAncestors',
    })
  })

  it('may be framed by origins, or by none', () => {
    const of = (frameAncestors: string[]) => dashboardSettings({ frameAncestors })?.frameAncestors
    expect(of([])).toBe("'none'")
    expect(of(['self', 'https://app.example.com', 'http://localhost:3000', 'https://*.example.com'])).toBe(
      "'self' https://app.example.com http://localhost:3000 https://*.example.com",
    )
    expect(refusal({ frameAncestors: 'https://app.example.com' })).toMatchObject({ code: 'option_invalid' })
  })

  it.each([
    'red; color: blue',
    'red}body{display:none',
    'red</style><script>alert(1)</script>',
    'url(https://evil.example)',
    'URL(x)',
    'image-set("x" 1x)',
    'env(x)',
    'attr(x)',
    'expression(1)',
    '@import "x"',
    'red !important',
    '\\72 ed',
    '/* open',
    'red */',
    '"open',
    "'open",
    '"a\\"',
    '"</style>"',
    '"a\'',
    'rgb(1, 2, 3',
    'rgb 1)',
    ')(',
    'red\nblue',
    'red\0',
    '',
    ' ',
    'x'.repeat(201),
    5,
    null,
  ])('refuses %j as a value of a theme', (value) => {
    expect(refusal({ theme: { '--hw-accent': value } })).toMatchObject({
      code: 'option_invalid',
      field: "dashboard.theme['--hw-accent']",
    })
  })

  it.each([
    '#0a7f5a',
    'light-dark(#0a5, rgb(10 20 30 / 50%))',
    'oklch(70% 0.1 200)',
    'color-mix(in oklab, var(--hw-ink) 20%, white)',
    'calc((1px + 2px) * 2)',
    '0.5rem',
    '"Inter", \'Ünicode Sans\', system-ui, sans-serif',
  ])('takes %j', (value) => {
    expect(dashboardSettings({ theme: { '--hw-accent': value } })?.theme).toEqual([['--hw-accent', value]])
  })
})
