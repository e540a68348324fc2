import { detectDatabase, prismaSchemaOf } from './detect-database.ts'
import type { Project } from './project.ts'
import type { Database, Framework, Orm, Stack } from './stack.ts'

/** What the user has said instead. */
export interface Wishes {
  framework?: Framework | undefined
  orm?: Orm | undefined
  database?: Database | 'sqlite' | undefined
}

/** In the order in which they count: what builds upon others comes first. */
const FRAMEWORK_PACKAGES: readonly [Framework, string][] = [
  ['next', 'next'],
  ['nest', '@nestjs/core'],
  ['fastify', 'fastify'],
  ['hono', 'hono'],
  ['express', 'express'],
]

const ORM_PACKAGES: readonly [Orm, readonly string[]][] = [
  ['prisma', ['@prisma/client', 'prisma']],
  ['drizzle', ['drizzle-orm']],
  ['typeorm', ['typeorm']],
  ['mikro-orm', ['@mikro-orm/core', '@mikro-orm/postgresql', '@mikro-orm/sqlite', '@mikro-orm/mysql']],
  ['sequelize', ['sequelize']],
  ['objection', ['objection']],
  ['kysely', ['kysely']],
  ['knex', ['knex']],
]

/** Finds out what a project is made of. It reads its files, and runs nothing of it. */
export function detectStack(project: Project, wishes: Wishes = {}): Stack {
  const { packages } = project
  const framework =
    wishes.framework ?? FRAMEWORK_PACKAGES.find(([, name]) => packages.has(name))?.[0] ?? 'node'
  const orm =
    wishes.orm ?? ORM_PACKAGES.find(([, names]) => names.some((name) => packages.has(name)))?.[0] ?? 'none'
  const found = detectDatabase(project, orm)
  const language = project.has('tsconfig.json') || packages.has('typescript') ? 'ts' : 'js'
  const folder = project.hasFolder('src') ? 'src' : ''
  return {
    framework,
    orm,
    ...found,
    ...databaseWished(wishes.database, found.database, packages),
    language,
    modules: language === 'ts' || project.isModule ? 'esm' : 'cjs',
    folder,
    extension: language === 'js' ? '.js' : extensionOf(project.read('tsconfig.json') ?? ''),
    models: orm === 'prisma' ? prismaSchemaOf(project).models : [],
    packages,
  }
}

function databaseWished(
  wished: Wishes['database'],
  found: Database,
  packages: ReadonlySet<string>,
): Partial<Pick<Stack, 'database' | 'isDatabaseKnown' | 'remarks'>> {
  if (wished === undefined) return {}
  const known = { isDatabaseKnown: true, remarks: [] }
  if (wished !== 'sqlite') return { ...known, database: wished }
  if (found === 'better-sqlite3' || packages.has('better-sqlite3'))
    return { ...known, database: 'better-sqlite3' }
  return { ...known, database: 'node-sqlite' }
}

/** A tsconfig.json has comments, and may extend another: where it does not say, nothing is what all bundlers take. */
function extensionOf(tsconfig: string): string {
  if (/"allowImportingTsExtensions"\s*:\s*true|"rewriteRelativeImportExtensions"\s*:\s*true/.test(tsconfig))
    return '.ts'
  return /"module(Resolution)?"\s*:\s*"(nodenext|node1\d|node2\d)"/i.test(tsconfig) ? '.js' : ''
}
