import type { KnownModel } from './stack.ts'

const OWNER_NAMES = /^(user|owner|author|account|customer|tenant|organi[sz]ation|org|team|workspace)_?id$/i

/** What a Prisma schema says of the database. */
export interface PrismaSchema {
  readonly provider: string | undefined
  readonly models: readonly KnownModel[]
}

/** Reads models and the provider. What it does not understand it leaves out. */
export function readPrismaSchema(source: string): PrismaSchema {
  const text = source.replace(/\/\/.*$/gm, '')
  const [, datasource = ''] = /^\s*datasource\s+\w+\s*\{([^}]*)\}/m.exec(text) ?? []
  const provider = /\bprovider\s*=\s*"(\w+)"/.exec(datasource)?.[1]
  const models = [...text.matchAll(/^\s*model\s+(\w+)\s*\{([\s\S]*?)^\s*\}/gm)].map(
    ([, name = '', body = '']): KnownModel => ({
      name,
      table: mapped(body, '@@map') ?? name,
      owner: ownerOf(body),
    }),
  )
  return { provider, models }
}

/** Whoever has two of them is asked. */
function ownerOf(body: string): string | undefined {
  const columns = body.split('\n').flatMap((line) => {
    const [, field = ''] = /^\s*(\w+)\s+(?:Int|BigInt|String)\b/.exec(line) ?? []
    return OWNER_NAMES.test(field) ? [mapped(line, '@map') ?? field] : []
  })
  return columns.length === 1 ? columns[0] : undefined
}

function mapped(text: string, attribute: '@map' | '@@map'): string | undefined {
  return new RegExp(`(?<!@)${attribute}\\(\\s*(?:name:\\s*)?"([^"]+)"`).exec(text)?.[1]
}
