import { describe, expect, it } from 'vitest'
import { readPrismaSchema } from './prisma-schema.ts'

describe('what a Prisma schema tells', () => {
  it('is the provider of the datasource, and tables with the column of their owner', () => {
    const schema = `
      generator client {
        provider = "prisma-client"
      }
      datasource db {
        provider = "postgresql" // url is in prisma.config.ts
      }
      // model Gone { id Int @id }
      model Book {
        id      Int  @id
        ownerId Int  @map("owner_id")
        owner   User @relation(fields: [ownerId], references: [id])
        @@map("books")
      }
      model User {
        id Int @id
      }
      model Transfer {
        id     Int @id
        userId Int
        teamId Int
        @@map(name: "transfers")
      }
    `
    expect(readPrismaSchema(schema)).toEqual({
      provider: 'postgresql',
      models: [
        { name: 'Book', table: 'books', owner: 'owner_id' },
        { name: 'User', table: 'User', owner: undefined },
        // Of two that may be it, none is taken.
        { name: 'Transfer', table: 'transfers', owner: undefined },
      ],
    })
  })

  it('is nothing of what is none', () => {
    expect(readPrismaSchema('')).toEqual({ provider: undefined, models: [] })
  })
})
