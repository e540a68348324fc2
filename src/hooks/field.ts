import type { FieldType } from '../catalog/index.ts'

/** A field that the application adds to every hook: a column of the same name, in the API, and in TypeScript. */
export interface FieldDefinition {
  readonly name: string
  readonly type: FieldType
  readonly nullable: boolean
  /** What a hook has that is created without it; undefined where it must be given. */
  readonly default: FieldValue | undefined
}

export type FieldValue = string | number | boolean | null

/** The fields by name, in the order in which they were written. */
export type FieldDefinitions = ReadonlyMap<string, FieldDefinition>
