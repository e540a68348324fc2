export type { Authenticate, Caller } from './authenticate.ts'
export { createHttpHandler, type HttpHandler, type HttpHandlerOptions } from './handler.ts'
