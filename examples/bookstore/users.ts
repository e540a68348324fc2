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

/** Who has signed in with a browser, which sends a cookie where programs send a token. */
export function userOfCookie(cookie: string | null | undefined): User | undefined {
  const [, name] = /(?:^|;\s*)bookstore_user=(\w+)(?:;|$)/.exec(cookie ?? '') ?? []
  return name === undefined ? undefined : userNamed(name)
}

/**
 * What a browser keeps. `SameSite`: pages of others cannot make it send the cookie along with what they want changed.
 */
export function cookieOf(user: User): string {
  return `bookstore_user=${user.username}; Path=/; HttpOnly; SameSite=Lax`
}

/** The administrator sees and changes everybody's hooks. */
export function isAdministrator(user: User): boolean {
  return user.username === 'admin'
}
