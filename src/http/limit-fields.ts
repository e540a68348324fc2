import type { FieldDefinition } from '../hooks/index.ts'
import { HIGHEST_RATE, LOWEST_RATE } from '../hooks/index.ts'
import { Invalid } from './invalid.ts'
import { readOwnField } from './own-field.ts'
import type { RequestData } from './parse-body.ts'

const ORDERED: FieldDefinition = { name: 'ordered', type: 'boolean', default: false, nullable: false }
const RATE_LIMIT: FieldDefinition = { name: 'rate_limit', type: 'number', default: null, nullable: true }

export function readOrdered(data: RequestData): boolean | undefined {
  return readOwnField(data, ORDERED, false) as boolean | undefined
}

export function readRateLimit(data: RequestData): number | null | undefined {
  const rate = readOwnField(data, RATE_LIMIT, false) as number | null | undefined
  if (rate === undefined || rate === null) return rate
  if (rate < LOWEST_RATE) throw new Invalid(`Ensure this value is greater than or equal to ${LOWEST_RATE}.`)
  if (rate > HIGHEST_RATE) throw new Invalid(`Ensure this value is less than or equal to ${HIGHEST_RATE}.`)
  return rate
}
