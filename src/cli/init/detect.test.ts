import { describe, expect, it } from 'vitest'
import { detectStack } from './detect.ts'
import type { Project } from './project.ts'

function project(
  packages: readonly string[],
  files: Readonly<Record<string, string>> = {},
  isModule = true,
): Project {
  const read = (...path: string[]) => files[path.join('/')]
  return {
    folder: '/app',
    packages: new Set(packages),
    isModule,
    read,
    has: (...path) => read(...path) !== undefined,
    hasFolder: (...path) =>
      Object.keys(files).some((name) => name.startsWith(`${path.filter(Boolean).join('/')}/`)),
    readFirst: (paths) => paths.map((path) => files[path]).find((text) => text !== undefined),
    readAll: (folder, ending) =>
      Object.entries(files)
        .filter(([name]) => name.startsWith(`${folder}/`) && name.endsWith(ending))
        .map(([, text]) => text)
        .join('\n'),
  }
}

describe('what a project is made of', () => {
  it.each([
    [['next', 'react', '@prisma/client', 'pg'], 'next', 'prisma', 'postgres'],
    [['@nestjs/core', 'express', 'typeorm', 'better-sqlite3'], 'nest', 'typeorm', 'better-sqlite3'],
    [['fastify', 'knex', 'objection', 'mysql2'], 'fastify', 'objection', 'mysql'],
    [['hono', '@mikro-orm/sqlite'], 'hono', 'mikro-orm', 'better-sqlite3'],
    [['express', 'sequelize', 'postgres'], 'express', 'sequelize', 'postgres'],
    [[], 'node', 'none', 'node-sqlite'],
  ])('is found from %j', (packages, framework, orm, database) => {
    expect(detectStack(project(packages))).toMatchObject({ framework, orm, database })
  })

  it('is what tools are told rather than what is installed', () => {
    const both = ['pg', 'better-sqlite3', 'drizzle-orm']
    const config = {
      'drizzle.config.ts': `export default { dialect: 'sqlite', dbCredentials: { url: 'data/shop.db' } }`,
    }
    expect(detectStack(project(both, config))).toMatchObject({
      database: 'better-sqlite3',
      databaseFile: 'data/shop.db',
      remarks: [],
    })
    expect(detectStack(project(both, { '.env': 'DATABASE_URL="file:./dev.db"' })).databaseFile).toBe(
      './dev.db',
    )
    // No password goes from there into a file.
    const secret = { '.env': 'DATABASE_URL=postgres://app:geheim@db/app' }
    expect(JSON.stringify(detectStack(project(both, secret)))).not.toContain('geheim')
    expect(detectStack(project(both)).remarks).toHaveLength(1)
  })

  it('is told of an SQLite library that cannot be shared', () => {
    expect(detectStack(project(['@libsql/client'])).remarks.join()).toContain('corrupt')
  })

  it.each([
    ['{ "compilerOptions": { "allowImportingTsExtensions": true, "module": "nodenext" } }', '.ts'],
    ['{ "compilerOptions": { "module": "NodeNext" } /* or else */ }', '.js'],
    ['{ "compilerOptions": { "moduleResolution": "bundler" } }', ''],
  ])('imports its files as %s says', (tsconfig, extension) => {
    expect(detectStack(project([], { 'tsconfig.json': tsconfig }))).toMatchObject({
      language: 'ts',
      extension,
    })
  })

  it('is CommonJS where nothing says otherwise', () => {
    expect(detectStack(project([], {}, false))).toMatchObject({ language: 'js', modules: 'cjs', folder: '' })
    expect(detectStack(project(['typescript'], { 'src/x.ts': '' }, false))).toMatchObject({
      modules: 'esm',
      folder: 'src',
    })
  })
})
