import type { KnownModel, Stack } from './stack.ts'

const EXAMPLE: KnownModel = { name: 'Book', table: 'book', owner: 'user_id' }
const MOST_MODELS = 20

/** The text of the hooks file. It runs as it is; what only the user can know stands in comments. */
export function hooksFile(stack: Stack): string {
  const { imports, expression } = databaseOf(stack)
  const isCommonJs = stack.modules === 'cjs'
  const models = stack.models.length === 0 ? [EXAMPLE] : stack.models.slice(0, MOST_MODELS)
  const lines = [
    ...(isCommonJs
      ? [`const { createHooks } = require('hookwright')`, ...imports.map(required)]
      : [`import { createHooks } from 'hookwright'`, ...imports.map(imported)]),
    '',
    `${isCommonJs ? '' : 'export '}const hooks = createHooks({`,
    `  database: ${expression},`,
    '',
    '  // The tables whose changes are events. `owner` is the column that says whose hooks hear of a row.',
    '  models: {',
    ...models.map(modelLine),
    '  },',
    '',
    '  // What hooks can subscribe to.',
    '  events: {',
    ...eventLines(models),
    `    // For hooks.send('user.logged_in', { username }, { owner: user.id })`,
    `    'user.logged_in': null,`,
    '  },',
    '',
    '  // Who calls the REST API: an owner, or null for nobody. Left out, it lets nobody in.',
    `  // authenticate: ${authenticateOf(stack)},`,
    '',
    '  // While you develop: lets hooks lead to this machine, for `hookwright listen`.',
    `  // allow: process.env.NODE_ENV === 'production' ? [] : ['127.0.0.1/32'],`,
    '})',
    ...(isCommonJs ? ['', 'module.exports = { hooks }'] : []),
  ]
  return `${lines.join('\n')}\n`
}

interface Import {
  names: string
  from: string
  isDefault?: boolean
}

function databaseOf({ database, databaseFile = 'app.db' }: Stack): { imports: Import[]; expression: string } {
  const file = `process.env.DATABASE_FILE ?? ${quoted(databaseFile)}`
  if (database === 'postgres') {
    return {
      imports: [{ names: 'postgres', from: 'hookwright/postgres' }],
      expression: `postgres(process.env.DATABASE_URL ?? 'postgres://localhost:5432/app')`,
    }
  }
  const sqlite = { names: 'sqlite', from: 'hookwright/sqlite' }
  if (database === 'node-sqlite') return { imports: [sqlite], expression: `sqlite(${file})` }
  return {
    imports: [{ names: 'Database', from: 'better-sqlite3', isDefault: true }, sqlite],
    // A path would be opened with node:sqlite, and two libraries in one process corrupt the file.
    expression: `sqlite(new Database(${file}))`,
  }
}

function imported({ names, from, isDefault }: Import): string {
  return `import ${isDefault === true ? names : `{ ${names} }`} from '${from}'`
}

function required({ names, from, isDefault }: Import): string {
  return `const ${isDefault === true ? names : `{ ${names} }`} = require('${from}')`
}

function modelLine({ name, table, owner }: KnownModel): string {
  const whose = owner === undefined ? `'…'` : quoted(owner)
  return `    // ${name}: { table: ${quoted(table)}, owner: ${whose} },`
}

function eventLines([first = EXAMPLE]: readonly KnownModel[]): string[] {
  const { name } = first
  const event = name.replace(/(?<=[a-z\d])(?=[A-Z])/g, '_').toLowerCase()
  return [
    ['created', 'created'],
    ['updated', 'updated'],
    ['deleted', 'deleted'],
  ].map(([what, action]) => `    // '${event}.${what}': '${name}.${action}',`)
}

/** What `authenticate` gets is what the framework gives its handlers. */
function authenticateOf({ framework, language }: Stack): string {
  const type = language === 'ts' ? ': any' : ''
  if (framework === 'hono') return `(_request, c${type}) => c.get('user')?.id ?? null`
  if (framework === 'next' || framework === 'node')
    return 'async (request) => (await yourSession(request))?.userId ?? null'
  return `(_request, native${type}) => native.user?.id ?? null`
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
