import { type PrismaSchema, readPrismaSchema } from './prisma-schema.ts'
import type { Project } from './project.ts'
import type { Database, Orm } from './stack.ts'

export interface FoundDatabase {
  database: Database
  isDatabaseKnown: boolean
  databaseFile: string | undefined
  remarks: string[]
}

const POSTGRES = [
  'pg',
  'postgres',
  '@prisma/adapter-pg',
  '@mikro-orm/postgresql',
  'pg-promise',
  '@neondatabase/serverless',
]
const BETTER_SQLITE3 = ['better-sqlite3', '@prisma/adapter-better-sqlite3', '@mikro-orm/sqlite']
const MYSQL = [
  'mysql2',
  'mysql',
  'mariadb',
  '@mikro-orm/mysql',
  '@mikro-orm/mariadb',
  '@prisma/adapter-mariadb',
]
/** They bring an SQLite of their own, which hookwright cannot share. */
const OTHER_SQLITE = ['sqlite3', '@libsql/client', 'libsql', '@prisma/adapter-libsql']

const DRIZZLE_CONFIGS = ['ts', 'js', 'mjs', 'cjs', 'mts', 'json'].map((ending) => `drizzle.config.${ending}`)

/** The schema of Prisma, in whichever of its places. */
export function prismaSchemaOf(project: Project): PrismaSchema {
  return readPrismaSchema(
    [project.read('schema.prisma') ?? '', project.readAll('prisma', '.prisma')].join('\n'),
  )
}

/** Which database it is: what its tools are told counts more than what is installed. */
export function detectDatabase(project: Project, orm: Orm): FoundDatabase {
  const remarks: string[] = []
  const has = (names: readonly string[]) => names.some((name) => project.packages.has(name))
  const drizzle = project.readFirst(DRIZZLE_CONFIGS) ?? ''
  const url = /^\s*(?:export\s+)?DATABASE_URL\s*=\s*["']?([^"'\s#]+)/m.exec(
    project.readFirst(['.env', '.env.example']) ?? '',
  )?.[1]
  const told = [
    ...(orm === 'prisma' ? [prismaSchemaOf(project).provider] : []),
    /\bdialect\s*:\s*["'](\w+)["']/.exec(drizzle)?.[1],
    schemeOf(url),
  ].flatMap((name) => kindOf(name) ?? [])[0]
  const installed = [
    ...(has(POSTGRES) ? (['postgres'] as const) : []),
    ...(has(BETTER_SQLITE3) || has(OTHER_SQLITE) ? (['sqlite'] as const) : []),
    ...(has(MYSQL) ? (['mysql'] as const) : []),
  ]
  const kind = told ?? installed[0]
  if (told === undefined && installed.length > 1) {
    remarks.push(
      `There are packages for ${installed.join(' and ')}; this is for ${kind}. For another one: --database.`,
    )
  }
  const databaseFile = fileOf(/\burl\s*:\s*["']([^"']+)["']/.exec(drizzle)?.[1]) ?? fileOf(url)
  const found = { databaseFile, remarks, isDatabaseKnown: kind !== undefined }
  if (kind === 'postgres' || kind === 'mysql') return { ...found, database: kind }
  if (has(BETTER_SQLITE3)) return { ...found, database: 'better-sqlite3' }
  if (has(OTHER_SQLITE)) {
    remarks.push(
      'This project has an SQLite library that hookwright cannot use. Two of them in one process corrupt the file: let the ' +
        'application use better-sqlite3 or node:sqlite, or run hookwright in a process of its own.',
    )
  }
  return { ...found, database: 'node-sqlite' }
}

type Kind = 'postgres' | 'sqlite' | 'mysql'

function kindOf(name: string | undefined): Kind | undefined {
  if (name === undefined) return undefined
  if (/^postgres/.test(name)) return 'postgres'
  if (/^(sqlite|file|turso|libsql)/.test(name)) return 'sqlite'
  // What there is no store for yet is said as plainly as of MySQL.
  return /^(mysql|mariadb|singlestore)/.test(name) ? 'mysql' : undefined
}

function schemeOf(url: string | undefined): string | undefined {
  return /^(\w+):/.exec(url ?? '')?.[1]
}

function fileOf(url: string | undefined): string | undefined {
  if (url === undefined) return undefined
  const path = url.replace(/^file:(\/\/(?=\/))?/, '')
  return /^[\w./-]+$/.test(path) && !path.includes('://') ? path : undefined
}
