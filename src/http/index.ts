export { type ApiOptions, apiSettings, type CorsOptions } from './api-options.ts'
export type { Authenticate, Caller, CallerObject } from './authenticate.ts'
export type { Action, Authorize } from './authorize.ts'
export { createHttpHandler } from './handler.ts'
