import type { JsonSchema } from '../../catalog/index.ts'
import type { ApiResponse, Operation, Parameter, Reference } from './types.ts'

export const STRING: JsonSchema = { type: 'string' }
export const INTEGER: JsonSchema = { type: 'integer' }
export const BOOLEAN: JsonSchema = { type: 'boolean' }
export const TIME: JsonSchema = { type: 'string', format: 'date-time' }
export const TIME_OR_NULL: JsonSchema = { type: ['string', 'null'], format: 'date-time' }
export const TEXT_OR_NULL: JsonSchema = { type: ['string', 'null'] }

/** Refers to a schema of the document's components. */
export function schemaRef(name: string): Reference & JsonSchema {
  return { $ref: `#/components/schemas/${name}` }
}

export function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items }
}

/** @param required all of them unless told */
export function objectOf(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = Object.keys(properties),
): JsonSchema {
  return { type: 'object', properties, ...(required.length > 0 && { required }) }
}

export function json(description: string, schema: JsonSchema, example?: unknown): ApiResponse {
  const media = { schema, ...(example !== undefined && { example }) }
  return { description, content: { 'application/json': media } }
}

/** What the API reads a body as: JSON and both kinds of forms. */
export function body(
  schema: JsonSchema,
  required = true,
  example?: unknown,
): Operation['requestBody'] & object {
  const media = { schema }
  return {
    required,
    content: {
      'application/json': { ...media, ...(example !== undefined && { example }) },
      'application/x-www-form-urlencoded': media,
      'multipart/form-data': media,
    },
  }
}

export function query(name: string, schema: JsonSchema, description: string): Parameter {
  return { name, in: 'query', required: false, description, schema }
}

const shared = (name: string): Reference => ({ $ref: `#/components/responses/${name}` })

/** The answers that every operation may have, and those that only some have. */
export function answers(
  own: Readonly<Record<string, ApiResponse>>,
  ...others: ('400' | '404' | '409' | '413')[]
): Operation['responses'] {
  const names = { '400': 'BadRequest', '404': 'NotFound', '409': 'Conflict', '413': 'TooLarge' }
  const errors = others.map((status) => [status, shared(names[status])] as const)
  return {
    ...own,
    ...Object.fromEntries(errors),
    '401': shared('Unauthenticated'),
    '403': shared('Forbidden'),
    '429': shared('TooManyRequests'),
    default: shared('Error'),
  }
}
