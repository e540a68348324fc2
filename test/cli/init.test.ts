import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { createTestDatabase, describePostgres } from '../support/postgres.ts'
import { run, testFolder } from './project.ts'

const VERSIONS = { typescript: '*' }

/** A project on this repository's node_modules. */
function projectWith(
  dependencies: Record<string, string>,
  files: Record<string, string> = {},
  type = 'module',
) {
  const folder = testFolder()
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  put(folder, { 'package.json': JSON.stringify({ type, dependencies }), ...files })
  return folder
}

function put(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

const tsconfig = (more: object = {}) =>
  JSON.stringify({
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { allowImportingTsExtensions: true, ...more },
    include: ['**/*.ts'],
    exclude: ['node_modules'],
  })

interface Plan {
  file: string
  mount: { where: string; text: string }[]
  filter: { where: string; text: string } | null
}

async function init(folder: string, ...args: string[]): Promise<Plan> {
  const { code, stdout, stderr } = await run(folder, ['init', '--json', ...args])
  expect(`${code} ${stderr}`).toBe('0 ')
  return JSON.parse(stdout)
}

/** What the user does with the file: takes the example, and nothing else. */
function takeExample(folder: string, { file }: Plan): void {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace(/^( +)\/\/ (Book:|'book\.)/gm, '$1$2'))
}

function typeCheck(folder: string): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
  expect(stdout).toBe('')
}

/** Runs a program of the project's, and gives what it printed. */
function runProgram(folder: string, file: string, env: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', join(root, 'scripts/source.ts'), file],
    { cwd: folder, encoding: 'utf8', timeout: 30_000, env: { ...process.env, ...env } },
  )
  expect(status, `${stderr}${stdout}`).toBe(0)
  return stdout
}

/** What an application does once: a subscriber is made, a row is inserted, the delivery is there. */
const FIRES = (insert: string) => `
  await hooks.migrate()
  const test = testHooks(hooks)
  await hooks.create({ owner: 1, event: 'book.created', target: 'https://example.com/target' })
  ${insert}
  await test.flush()
  console.log(JSON.stringify(test.deliveries.map(({ json }) => json)))
  await hooks.close()
`
const BOOK = 'CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT, user_id INTEGER)'
const ARRIVED = expect.stringMatching(/"event":"book\.created".*"title":"Momo"/)

const ASKS = (ask: string) => `
  console.log('status', ${ask})
  await hooks.close()
  process.exit(0)
`

const REQUEST = `(await fetch('http://localhost:' + port + '/api/hooks/')).status`

// Each asks the compiler, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 180_000 })

describe('hookwright init', () => {
  it('Drizzle, better-sqlite3, Express', async () => {
    const folder = projectWith(
      { ...VERSIONS, 'drizzle-orm': '*', 'drizzle-kit': '*', 'better-sqlite3': '*', express: '*' },
      {
        'tsconfig.json': tsconfig(),
        'drizzle.config.ts': `
          import { defineConfig } from 'drizzle-kit'
          export default defineConfig({
            dialect: 'sqlite', schema: './src/db.ts', dbCredentials: { url: 'shop.db' },
            /* here */
          })`,
        'src/db.ts': `
          import Database from 'better-sqlite3'
          import { drizzle } from 'drizzle-orm/better-sqlite3'
          import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
          export const books = sqliteTable('book', { id: integer().primaryKey(), title: text(), userId: integer('user_id') })
          export const db = drizzle(new Database('shop.db'))
          db.$client.exec('CREATE TABLE IF NOT EXISTS book (id INTEGER PRIMARY KEY, title TEXT, user_id INTEGER)')`,
      },
    )
    const plan = await init(folder)
    expect(plan.file).toBe('src/hooks.ts')
    expect(plan.filter?.where).toContain('drizzle.config')
    takeExample(folder, plan)
    const config = readFileSync(join(folder, 'drizzle.config.ts'), 'utf8')
    put(folder, {
      'drizzle.config.ts': config.replace('/* here */', plan.filter?.text ?? ''),
      'src/main.ts': `
        import { testHooks } from 'hookwright/testing'
        import { books, db } from './db.ts'
        import { hooks } from './hooks.ts'
        ${FIRES(`await db.insert(books).values({ title: 'Momo', userId: 1 })`)}`,
      'src/server.ts': `
        import createApp from 'express'
        const app = createApp()
        ${plan.mount[0]?.text}
        const server = app.listen(0)
        const { port } = server.address() as { port: number }
        ${ASKS(REQUEST)}`,
    })
    typeCheck(folder)
    expect(runProgram(folder, 'src/main.ts')).toEqual(ARRIVED)
    expect(existsSync(join(folder, 'app.db'))).toBe(false)
    expect(runProgram(folder, 'src/server.ts')).toContain('status 401')
  })

  it('Kysely, better-sqlite3, Hono', async () => {
    const folder = projectWith(
      { ...VERSIONS, kysely: '*', 'better-sqlite3': '*', hono: '*' },
      { 'tsconfig.json': tsconfig() },
    )
    const plan = await init(folder)
    expect(plan).toMatchObject({ file: 'hooks.ts', filter: null })
    takeExample(folder, plan)
    put(folder, {
      'main.ts': `
        import Database from 'better-sqlite3'
        import { Kysely, SqliteDialect } from 'kysely'
        import { testHooks } from 'hookwright/testing'
        import { hooks } from './hooks.ts'
        const database = new Database('app.db')
        database.exec('${BOOK}')
        const db = new Kysely<{ book: { title: string; user_id: number } }>({ dialect: new SqliteDialect({ database }) })
        ${FIRES(`await db.insertInto('book').values({ title: 'Momo', user_id: 1 }).execute()`)}`,
      'server.ts': `
        import { Hono } from 'hono'
        const app = new Hono()
        ${plan.mount[0]?.text}
        ${ASKS(`(await app.request('/api/hooks/')).status`)}`,
    })
    typeCheck(folder)
    expect(runProgram(folder, 'main.ts')).toEqual(ARRIVED)
    expect(runProgram(folder, 'server.ts')).toContain('status 401')
  })

  it('no ORM, node:sqlite, plain Node, where nothing else is found', async () => {
    const folder = projectWith(VERSIONS, { 'tsconfig.json': tsconfig() })
    const plan = await init(folder)
    takeExample(folder, plan)
    put(folder, {
      'main.ts': `
        import { DatabaseSync } from 'node:sqlite'
        import { testHooks } from 'hookwright/testing'
        import { hooks } from './hooks.ts'
        const db = new DatabaseSync('app.db')
        db.exec('${BOOK}')
        ${FIRES(`db.exec("INSERT INTO book (title, user_id) VALUES ('Momo', 1)")`)}`,
      'server.ts': `
        import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
        ${plan.mount[0]?.text
          .replace(
            '// in the handler of createServer:',
            'function handle(request: IncomingMessage, response: ServerResponse) {',
          )
          .replace(
            'return api(request, response)',
            'return api(request, response)\n response.writeHead(404).end()\n}',
          )}
        const server = createServer(handle).listen(0)
        const { port } = server.address() as { port: number }
        ${ASKS(REQUEST)}`,
    })
    typeCheck(folder)
    expect(runProgram(folder, 'main.ts')).toEqual(ARRIVED)
    expect(runProgram(folder, 'server.ts')).toContain('status 401')
  })

  it('says plainly that there is no MySQL yet, and writes nothing', async () => {
    const folder = projectWith({ mysql2: '*', express: '*' })
    const { code, stderr } = await run(folder, ['init'])
    expect(code).toBe(1)
    expect(stderr).toContain('cannot use yet')
    expect(existsSync(join(folder, 'hooks.js'))).toBe(false)
    const { mount } = await init(folder, '--database', 'sqlite')
    expect(mount[0]?.text).toContain('hookwright/express')
  })

  it('writes nothing over what is there, nor with --dry-run, and tells where it stands', async () => {
    const folder = projectWith({ ...VERSIONS, fastify: '*' }, { 'tsconfig.json': '{}' })
    const dry = await run(folder, ['init', '--dry-run'])
    expect(dry.code).toBe(0)
    expect(dry.stdout).toContain('createHooks({')
    expect(existsSync(join(folder, 'hooks.ts'))).toBe(false)
    const mine = '// createHooks of mine'
    put(folder, { 'hooks.ts': mine })
    const there = await run(folder, ['init'])
    expect(there.code).toBe(1)
    expect(there.stderr).toContain('hooks.ts is there already')
    expect(readFileSync(join(folder, 'hooks.ts'), 'utf8')).toBe(mine)
    // One that the other commands would find in another place counts as well.
    put(folder, { 'src/lib/hooks.ts': mine })
    expect((await run(folder, ['init'])).stderr).toContain('is there already')
    expect((await init(folder, '--force')).file).toBe('src/hooks.ts')
    expect((await run(testFolder(), ['init'])).stderr).toContain('package.json')
    expect((await run(folder, ['init', '--orm', 'hibernate'])).code).toBe(2)
  })

  it('steps aside for a folder of React hooks', async () => {
    const folder = projectWith(
      { ...VERSIONS, next: '*' },
      { 'tsconfig.json': '{}', 'src/hooks/use-it.ts': '' },
    )
    const { file, mount } = await init(folder)
    expect(file).toBe('src/webhooks.ts')
    expect(mount[0]).toMatchObject({ where: 'src/app/api/hooks/[[...path]]/route.ts' })
    expect(mount[0]?.text).toContain(`'../../../../webhooks'`)
  })

  it('keeps MikroORM and Prisma away from its tables by what their own types know', async () => {
    const mikro = await init(
      projectWith({ ...VERSIONS, '@mikro-orm/sqlite': '*' }, { 'tsconfig.json': '{}' }),
    )
    const prisma = await init(
      projectWith(VERSIONS, {
        'tsconfig.json': '{}',
        'prisma/schema.prisma':
          'datasource db {\n  provider = "sqlite"\n}\nmodel Shelf {\n  id Int @id\n  teamId Int\n}\n',
      }),
      '--orm',
      'prisma',
    )
    const folder = projectWith(VERSIONS, {
      'tsconfig.json': tsconfig(),
      'mikro.ts': `import { defineConfig } from '@mikro-orm/sqlite'\nexport default defineConfig({ ${mikro.filter?.text} })`,
      'prisma.ts': `import { defineConfig } from 'prisma/config'\nexport default defineConfig({ ${prisma.filter?.text} })`,
    })
    typeCheck(folder)
    const made = await run(folder, ['init', '--dry-run', '--orm', 'prisma'])
    expect(made.code).toBe(0)
  })
})

describePostgres('hookwright init on PostgreSQL', () => {
  async function database() {
    const { url, drop } = await createTestDatabase()
    onTestFinished(drop)
    return { DATABASE_URL: url }
  }

  it('Knex, pg, Fastify, in CommonJS', async () => {
    const env = await database()
    const folder = projectWith({ knex: '*', pg: '*', fastify: '*' }, {}, 'commonjs')
    const plan = await init(folder)
    expect(plan.file).toBe('hooks.js')
    takeExample(folder, plan)
    put(folder, {
      'main.js': `
        const { testHooks } = require('hookwright/testing')
        const { hooks } = require('./hooks.js')
        const db = require('knex')({ client: 'pg', connection: process.env.DATABASE_URL })
        async function main() {
          await db.raw('CREATE TABLE book (id SERIAL PRIMARY KEY, title TEXT, user_id INTEGER)')
          ${FIRES(`await db('book').insert({ title: 'Momo', user_id: 1 })`)}
          await db.destroy()
        }
        main()`,
      'server.js': `
        const app = require('fastify')()
        ${plan.mount[0]?.text}
        app.inject('/api/hooks/').then(async ({ statusCode }) => { ${ASKS('statusCode')} })`,
    })
    expect(runProgram(folder, 'main.js', env)).toEqual(ARRIVED)
    expect(runProgram(folder, 'server.js', env)).toContain('status 401')
  })

  it('TypeORM, NestJS', async () => {
    const env = await database()
    const folder = projectWith(
      { ...VERSIONS, typeorm: '*', pg: '*', '@nestjs/core': '*', express: '*' },
      { 'tsconfig.json': tsconfig(), 'src/.keep': '' },
    )
    const plan = await init(folder)
    takeExample(folder, plan)
    const [imports = '', module = ''] = plan.mount[0]?.text.split('// among the imports of @Module:\n') ?? []
    put(folder, {
      'src/main.ts': `
        import { testHooks } from 'hookwright/testing'
        import { DataSource, EntitySchema } from 'typeorm'
        import { hooks } from './hooks.ts'
        const Book = new EntitySchema<{ id: number; title: string; user_id: number }>({
          name: 'Book', tableName: 'book',
          columns: { id: { type: Number, primary: true, generated: true }, title: { type: String }, user_id: { type: Number } },
        })
        const url = process.env.DATABASE_URL ?? ''
        const source = new DataSource({ type: 'postgres', url, entities: [Book], synchronize: true })
        await source.initialize()
        ${FIRES(`await source.getRepository(Book).save({ title: 'Momo', user_id: 1 })`)}
        // Once more, as at the next start: it leaves what is hookwright's.
        await source.synchronize()
        await source.destroy()`,
      'src/server.ts': `
        import { Module } from '@nestjs/common'
        import { NestFactory } from '@nestjs/core'
        ${imports}
        class AppModule {}
        Module({ imports: [${module.split('\n')[0]}] })(AppModule)
        await hooks.migrate()
        const app = await NestFactory.create(AppModule, { logger: false })
        await app.listen(0)
        const { port } = app.getHttpServer().address() as { port: number }
        ${ASKS(REQUEST)}`,
    })
    typeCheck(folder)
    expect(runProgram(folder, 'src/main.ts', env)).toEqual(ARRIVED)
    expect(runProgram(folder, 'src/server.ts', env)).toContain('status 401')
  })

  it('Prisma, Next.js', async () => {
    const env = await database()
    const folder = projectWith(
      { ...VERSIONS, '@prisma/client': '*', '@prisma/adapter-pg': '*', next: '*' },
      {
        'tsconfig.json': tsconfig({ module: 'esnext', moduleResolution: 'bundler' }).replace(
          '"allowImportingTsExtensions":true,',
          '',
        ),
        'prisma/schema.prisma': `
          datasource db {
            provider = "postgresql"
          }
          model Book {
            id     Int @id @default(autoincrement())
            title  String // not its author
            userId Int @map("user_id")
            @@map("book")
          }`,
      },
    )
    const plan = await init(folder)
    takeExample(folder, plan)
    put(folder, Object.fromEntries(plan.mount.map(({ where, text }) => [where, text])))
    typeCheck(folder)
    put(folder, {
      'main.ts': `
        import pg from 'pg'
        import { testHooks } from 'hookwright/testing'
        import { hooks } from './hooks.ts'
        const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
        await client.connect()
        await client.query('CREATE TABLE book (id SERIAL PRIMARY KEY, title TEXT, user_id INTEGER)')
        ${FIRES(`await client.query("INSERT INTO book (title, user_id) VALUES ('Momo', 1)")`)}
        await client.end()`,
    })
    expect(runProgram(folder, 'main.ts', env)).toEqual(ARRIVED)
  })
})
