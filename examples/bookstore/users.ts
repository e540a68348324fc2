import { eq } from 'drizzle-orm'
import { db } from './database.ts'
import { users } from './schema.ts'

export type User = typeof users.$inferSelect

export function userNamed(username: string): User | undefined {
  return db.select().from(users).where(eq(users.username, username)).get()
}

/** Who calls. In this bookstore a user's name is their token: `Authorization: Bearer alice`. */
export function userOf(authorization: string | null | undefined): User | undefined {
  const [, token] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? []
  return token === undefined ? undefined : userNamed(token)
}
