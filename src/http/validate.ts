import type { Catalog } from '../catalog/index.ts'
import type { FieldDefinitions, HookChanges, SignatureSettings } from '../hooks/index.ts'
import type { AddressPolicy } from '../outbound/index.ts'
import { readFilter, readPayload } from './choice-fields.ts'
import { readEvent, readEvents } from './event-field.ts'
import { readHeaders } from './headers-field.ts'
import { Invalid } from './invalid.ts'
import { readOrdered, readRateLimit } from './limit-fields.ts'
import { readOwnField } from './own-field.ts'
import type { RequestData } from './parse-body.ts'
import { type FieldErrors, HttpProblem } from './problems.ts'
import { readTarget } from './target-field.ts'

/** What a request is checked against. */
export interface Validation {
  readonly catalog: Catalog
  readonly policy: AddressPolicy
  readonly fields: FieldDefinitions
  /** Its names are not a hook's to set; Standard Webhooks' unless told. */
  readonly signature?: SignatureSettings
}

/**
 * The hook that a request describes. Fields that hooks do not have, or that cannot be written, are ignored, as in drf-hooks.
 *
 * @param partial whether every field may be left out (PATCH)
 * @throws 400 with what is wrong with every field, in the order of the fields
 */
export function validate(
  data: RequestData,
  { catalog, policy, fields, signature }: Validation,
  partial: boolean,
): HookChanges {
  const errors: FieldErrors = {}
  const values: Record<string, unknown> = {}

  function read(name: string, reader: () => unknown, property = name): void {
    try {
      const value = reader()
      if (value !== undefined) values[property] = value
    } catch (error) {
      if (!(error instanceof Invalid)) throw error
      errors[name] = error.messages
    }
  }

  if (data.fields.events === undefined) read('event', () => readEvent(data, catalog, !partial))
  else read('events', () => readEvents(data, catalog))
  read('target', () => readTarget(data, policy, !partial))
  read('headers', () => readHeaders(data, signature?.names ?? []))
  read('ordered', () => readOrdered(data))
  read('rate_limit', () => readRateLimit(data), 'rateLimit')
  read('payload', () => readPayload(data))
  read('filter', () => readFilter(data))
  for (const field of fields.values()) {
    read(field.name, () => readOwnField(data, field, !partial))
  }
  if (Object.keys(errors).length > 0) throw new HttpProblem(400, errors)
  return values
}
