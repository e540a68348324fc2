import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createHooks, errorTable, standardDelaysMs } from 'hookwright'
import { describe, expect, it } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { page, pages } from './pages.ts'

describe('the page of errors', () => {
  it('lists each code with its status and meaning', () => {
    const rows = Object.entries(errorTable).map(
      ([code, { status, meaning }]) => `| \`${code}\` | ${status} | ${meaning} |`,
    )
    const listed = page('docs/reference/errors.md')
      .split('\n')
      .filter((line) => /^\| `\w+` \|/.test(line))
    expect(listed).toEqual(rows)
  })
})

describe('the pages of options', () => {
  const options = optionNames({ nonsense: 1 })
  const dispatch = optionNames({
    database: { dialect: 'sqlite', write() {} },
    events: {},
    dispatch: { nonsense: 1 },
  })

  it('name each option of createHooks, in the README and in the reference', () => {
    expect(options).toContain('database')
    const headings = [...page('docs/reference/options.md').matchAll(/^## (.+)$/gm)].flatMap(
      ([, names = '']) => quoted(names),
    )
    expect(headings.toSorted()).toEqual(options.toSorted())
    const table = /^## Options$([\s\S]*?)^In full/m.exec(page('README.md'))?.[1] ?? ''
    const named = table.split('\n').flatMap((row) => quoted(row.split('|')[1] ?? ''))
    expect(named.toSorted()).toEqual(options.toSorted())
  })

  it('name each option of dispatch', () => {
    expect(dispatch).toContain('timeoutMs')
    const section = /^## `dispatch`$([\s\S]*?)^## /m.exec(page('docs/reference/options.md'))?.[1] ?? ''
    const named = section.split('\n').flatMap((row) => quoted(row.split('|')[1] ?? ''))
    expect(new Set(named.map((name) => name.split('.')[0]))).toEqual(new Set(dispatch))
  })

  it('tell the schedule of retries as it is', () => {
    const shown = standardDelaysMs.map((ms) => {
      if (ms < 60_000) return `${ms / 1000} s`
      return ms < 3_600_000 ? `${ms / 60_000} m` : `${ms / 3_600_000} h`
    })
    expect(page('docs/reference/options.md')).toContain(`| ${shown.join(', ')} |`)
  })
})

/** The names that the error about an unknown option offers. */
function optionNames(options: object): string[] {
  try {
    createHooks(options as never)
  } catch (error) {
    const [, names = ''] = /There are (.*)\.$/.exec((error as Error).message) ?? []
    return names.split(', ')
  }
  throw new Error('an unknown option was accepted')
}

function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
}

describe('links', () => {
  it('of the documentation lead to files and headings that exist', () => {
    const broken = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([\w-]+))?\)/g)].flatMap(([link, file = '', heading]) => {
        const target = file === '' ? path : join(dirname(path), file)
        if (!existsSync(join(root, target))) return [`${path}: ${link}`]
        return heading === undefined || anchors(page(target)).includes(heading) ? [] : [`${path}: ${link}`]
      }),
    )
    expect(broken).toEqual([])
  })
})

function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
}

it('the README mounts the API as the guide does, whose snippets run in the real frameworks', () => {
  const guide = page('docs/guides/mounting.md')
  const block = /^app\.use\('\/api\/hooks', express[\s\S]*?^```/m.exec(page('README.md'))?.[0] ?? ''
  const lines = block.split('\n').filter((line) => line !== '```')
  expect(lines.map((line) => line.replace(/.*\/\/ (\S+?):?(?: .*)?$/, '$1'))).toEqual([
    'Express',
    'Fastify',
    'Hono',
    'NestJS',
    'Next.js',
  ])
  for (const line of lines) expect(guide).toContain(line.replace(/ \/\/ .*/, ''))
})
