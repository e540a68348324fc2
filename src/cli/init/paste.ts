import type { Framework, Stack } from './stack.ts'

/** Text for the user to put into a file of theirs. */
export interface Paste {
  /** Where it belongs. */
  readonly where: string
  readonly text: string
}

const START = ['await hooks.migrate()', 'await hooks.start() // or run `hookwright worker` beside it']
const NEXT_START = [
  'export async function register() {',
  "  if (process.env.NEXT_RUNTIME !== 'nodejs') return",
  "  const { hooks } = await import('@HOOKS@')",
  '  await hooks.migrate()',
  '  await hooks.start() // on a server that keeps running; elsewhere a cron calls hooks.drain()',
  '}',
]

/** How the REST API is mounted. */
export function mountOf(stack: Stack, hooksName: string): Paste[] {
  if (stack.framework === 'next') return nextPastes(stack, hooksName)
  const { where, name, lines } = MOUNTS[stack.framework]
  const from = `./${hooksName}${stack.extension}`
  const isCommonJs = stack.modules === 'cjs'
  const imports = isCommonJs
    ? [`const { ${name} } = require('hookwright/${stack.framework}')`, `const { hooks } = require('${from}')`]
    : [`import { ${name} } from 'hookwright/${stack.framework}'`, `import { hooks } from '${from}'`]
  const start = isCommonJs
    ? [`hooks.migrate().then(() => hooks.start()) // or run \`hookwright worker\` beside it`]
    : START
  // Nest starts it by itself, and wants the tables before.
  const begun = stack.framework === 'nest' ? ['await hooks.migrate() // before NestFactory.create'] : start
  return [{ where, text: [...imports, '', ...lines, '', ...begun].join('\n') }]
}

const MOUNTS: Readonly<
  Record<Exclude<Framework, 'next'>, { where: string; name: string; lines: readonly string[] }>
> = {
  express: {
    where: 'where your Express app is made',
    name: 'express as webhooks',
    lines: [`app.use('/api/hooks', webhooks(hooks))`],
  },
  fastify: {
    where: 'where your Fastify app is made',
    name: 'fastify as webhooks',
    lines: [`app.register(webhooks(hooks), { prefix: '/api/hooks' })`],
  },
  hono: {
    where: 'where your Hono app is made',
    name: 'hono as webhooks',
    lines: [`app.route('/api/hooks', webhooks(hooks))`],
  },
  nest: {
    where: 'your root module',
    name: 'HookwrightModule',
    lines: [
      '// among the imports of @Module:',
      `HookwrightModule.forRoot({ hooks, path: 'api/hooks', start: true })`,
    ],
  },
  node: {
    where: 'where your server is made',
    name: 'node as webhooks',
    lines: [
      'const api = webhooks(hooks)',
      '// in the handler of createServer:',
      `if (/^\\/api\\/hooks(?![^/?])/.test(request.url ?? '')) return api(request, response)`,
    ],
  },
}

/** `require` renames otherwise than `import` does. */
export function renamedForRequire(text: string): string {
  return text.replace(/const \{ (\w+) as (\w+) \} = require/g, 'const { $1: $2 } = require')
}

function nextPastes({ folder, language }: Stack, hooksName: string): Paste[] {
  const base = folder === '' ? '' : `${folder}/`
  return [
    {
      where: `${base}app/api/hooks/[[...path]]/route.${language}`,
      text: [
        `import { next } from 'hookwright/next'`,
        `import { hooks } from '../../../../${hooksName}'`,
        '',
        'export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = next(hooks)',
      ].join('\n'),
    },
    {
      where: `${base}instrumentation.${language}`,
      text: NEXT_START.join('\n').replace('@HOOKS@', `./${hooksName}`),
    },
  ]
}
