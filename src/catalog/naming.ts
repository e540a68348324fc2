/** How the columns of a row are called in the application's code. */
export interface Naming {
  /** A column's name in the code. */
  rename(column: string): string
  /** The column behind a name in the code. With `naming: 'camel'` it goes by the rule, not by the table. */
  columnOf(property: string): string
}

/** `read_pages` becomes `readPages`, `address_2` `address2`; leading underscores and capitals stay. */
export function camelCase(column: string): string {
  return column.replace(/(?<=[^_])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/**
 * The way back from {@link camelCase}: `readPages` becomes `read_pages`. A digit is taken to have had no underscore, and a
 * name all in capitals to be the column's own.
 */
export function snakeCase(property: string): string {
  if (!/[a-z]/.test(property)) return property
  return property.replace(/(?<=[^_])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** The rules of {@link camelCase}, as a type; letter by letter, so that it is tail recursive. */
export type CamelCase<
  Text extends string,
  Before extends string = '_',
  Done extends string = '',
> = Text extends `${infer Letter}${infer Rest}`
  ? Letter extends '_'
    ? Before extends '_'
      ? CamelCase<Rest, '_', `${Done}_`>
      : Rest extends `${infer Next}${infer Tail}`
        ? Next extends LowerOrDigit
          ? CamelCase<Tail, Next, `${Done}${Uppercase<Next>}`>
          : CamelCase<Rest, '_', `${Done}_`>
        : `${Done}_`
    : CamelCase<Rest, Letter, `${Done}${Letter}`>
  : Done

// biome-ignore format: an alphabet is easier to check on one line
type LowerOrDigit = 'a'|'b'|'c'|'d'|'e'|'f'|'g'|'h'|'i'|'j'|'k'|'l'|'m'|'n'|'o'|'p'|'q'|'r'|'s'|'t'|'u'|'v'|'w'|'x'|'y'|'z'|'0'|'1'|'2'|'3'|'4'|'5'|'6'|'7'|'8'|'9'

/**
 * Names by the options `naming` and `columns`; what `columns` names goes before the rule.
 *
 * @param columns the column of each name: `{ createdAt: 'created_at' }`
 */
export function namingOf(rule: 'camel' | undefined, columns: Readonly<Record<string, string>>): Naming {
  const columnByName = new Map(Object.entries(columns))
  const nameByColumn = new Map(Object.entries(columns).map(([name, column]) => [column, name]))
  const byRule = rule === 'camel' ? remembered(camelCase) : unchanged
  const back = rule === 'camel' ? snakeCase : unchanged
  return {
    rename: (column) => nameByColumn.get(column) ?? byRule(column),
    columnOf: (property) => columnByName.get(property) ?? back(property),
  }
}

function unchanged(name: string): string {
  return name
}

/** Rows of a table bring the same few columns again and again. */
function remembered(rule: (name: string) => string): (name: string) => string {
  const results = new Map<string, string>()
  return (name) => {
    let result = results.get(name)
    if (result === undefined) {
      result = rule(name)
      results.set(name, result)
    }
    return result
  }
}
