import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { root } from '../../scripts/entries.ts'
import type { BookRow, ShelfRow } from './orm.suite.ts'

/** What the tests use of a generated client, whose own types are not there before it is generated. */
export interface PrismaClient extends PrismaModels {
  $connect(): Promise<void>
  $disconnect(): Promise<void>
}

export interface PrismaModels {
  readonly book: PrismaModel<BookRow>
  readonly shelf: PrismaModel<ShelfRow>
  $transaction<T>(
    work: (tx: PrismaModels) => Promise<T>,
    options?: { maxWait: number; timeout: number },
  ): Promise<T>
  $queryRawUnsafe(sql: string, ...parameters: unknown[]): Promise<unknown>
  $executeRawUnsafe(sql: string, ...parameters: unknown[]): Promise<number>
}

interface PrismaModel<Row> {
  create(args: { data: object }): Promise<Row>
  createMany(args: { data: Row[] }): Promise<unknown>
  update(args: { where: { id: number }; data: Partial<Row> }): Promise<Row>
  updateMany(args: { where: object; data: Partial<Row> }): Promise<unknown>
  upsert(args: { where: { id: number }; create: Row; update: Partial<Row> }): Promise<Row>
  delete(args: { where: { id: number } }): Promise<Row>
  deleteMany(args: { where: object }): Promise<unknown>
}

const SCHEMA = (provider: string) => `
generator client {
  provider = "prisma-client"
  output   = "./client"
}

datasource db {
  provider = "${provider}"
}

model Shelf {
  id      Int    @id
  name    String
  user_id Int?
  books   Book[]
  @@map("shelf")
}

model Book {
  id       Int    @id
  title    String
  pages    Int?
  user_id  Int?
  shelf_id Int?
  shelf    Shelf? @relation(fields: [shelf_id], references: [id], onDelete: Cascade)
  @@map("book")
}
`

/**
 * Generates a client for the application's tables, into a folder that git ignores and `remove` deletes. The tables
 * themselves are not Prisma's: its schema engine, which would make them, is a download.
 */
export async function generateClient(provider: 'sqlite' | 'postgresql'): Promise<{
  PrismaClient: new (options: { adapter: unknown }) => PrismaClient
  remove: () => void
}> {
  // Below the tests, because the client imports `@prisma/client`.
  const parent = join(root, 'test/orm/.generated')
  mkdirSync(parent, { recursive: true })
  writeFileSync(join(parent, '.gitignore'), '*\n')
  const folder = mkdtempSync(join(parent, `${provider}-`))
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  try {
    writeFileSync(join(folder, 'schema.prisma'), SCHEMA(provider))
    await promisify(execFile)(
      process.execPath,
      [join(root, 'node_modules/prisma/build/index.js'), 'generate', '--schema', 'schema.prisma'],
      // An engine that is there is not downloaded, and generating needs none; nor does it ask for updates.
      {
        cwd: folder,
        env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
      },
    )
    const { PrismaClient } = await import(pathToFileURL(join(folder, 'client/client.ts')).href)
    return { PrismaClient, remove }
  } catch (error) {
    remove()
    throw error
  }
}
