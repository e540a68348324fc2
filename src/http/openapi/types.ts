import type { JsonSchema } from '../../catalog/index.ts'

/**
 * An OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0), as far as this API has need of it.
 *
 * It is built by hand rather than by @hono/zod-openapi: the checks of a request are drf-hooks', with its words, and not zod's;
 * half of the document is made of the application's own events and fields, which no code of ours can declare beforehand; and
 * zod would be one more thing to install.
 */
export interface OpenApiDocument {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string }
  servers: { url: string; description: string }[]
  security: Record<string, string[]>[]
  tags: { name: string; description: string }[]
  paths: Record<string, PathItem>
  webhooks: Record<string, PathItem>
  components: {
    securitySchemes: Record<string, object>
    parameters: Record<string, Parameter>
    responses: Record<string, ApiResponse>
    schemas: Record<string, JsonSchema>
  }
}

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

export type PathItem = { parameters?: (Parameter | Reference)[] } & { [M in Method]?: Operation }

export interface Operation {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  parameters?: (Parameter | Reference)[]
  requestBody?: { required: boolean; content: Record<string, MediaType> }
  responses: Record<string, ApiResponse | Reference>
  security?: Record<string, string[]>[]
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  schema: JsonSchema
}

export interface ApiResponse {
  description: string
  headers?: Record<string, { description: string; schema: JsonSchema }>
  content?: Record<string, MediaType>
}

export interface MediaType {
  schema: JsonSchema
  example?: unknown
}

export interface Reference {
  $ref: string
}
