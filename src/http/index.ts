export type { Authenticate, Caller } from './authenticate.ts'
export { createHttpHandler, type DocsOption } from './handler.ts'
export { openApiDocument } from './openapi/document.ts'
