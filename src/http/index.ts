export type { Authenticate, Caller } from './authenticate.ts'
export { createHttpHandler } from './handler.ts'
