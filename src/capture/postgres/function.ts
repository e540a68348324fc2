import { dollars, identifier, literal, qualified } from './quote.ts'

/** A function of ours, as it should be. */
export interface FunctionDefinition {
  readonly name: string
  /** `given record`; none for the function of a trigger. */
  readonly parameters: string
  readonly returns: string
  /** Settings that hold while it runs. */
  readonly settings: readonly (readonly [name: string, value: string])[]
  /** Whether it runs with the rights of its owner. Nobody else may call it, then. */
  readonly definer: boolean
  readonly body: string
}

/** Replaces the function that is there: triggers that call it stay. */
export function createFunction(schema: string, definition: FunctionDefinition): string {
  const { name, parameters, returns, settings, definer, body } = definition
  const options = [
    ...(definer ? ['SECURITY DEFINER'] : []),
    ...settings.map(
      ([setting, value]) => `SET ${setting} = ${setting === 'search_path' ? value : literal(value)}`,
    ),
  ]
  return `CREATE OR REPLACE FUNCTION ${qualified(schema, name)}(${parameters}) RETURNS ${returns} LANGUAGE plpgsql
${options.map((option) => `${option}\n`).join('')}AS ${dollars(body)}`
}

/** `name(record, text)`, which tells it from others of its name. */
export function signature(
  schema: string,
  { name, parameters }: Pick<FunctionDefinition, 'name' | 'parameters'>,
): string {
  const types =
    parameters === ''
      ? []
      : parameters.split(', ').map((parameter) => parameter.slice(parameter.indexOf(' ') + 1))
  return `${identifier(schema)}.${identifier(name)}(${types.join(', ')})`
}

/** The settings as PostgreSQL keeps them, in its order or ours. */
export function configOf({ settings }: FunctionDefinition): string[] {
  return settings.map(([setting, value]) => `${setting}=${value}`)
}
