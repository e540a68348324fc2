import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { type Bookstore, paste, startBookstore, temporaryFolder } from './bookstore-process.ts'
import { page, pages } from './pages.ts'
import { applicationFolder, programOf, runProgram } from './run-snippet.ts'
import { type Snippet, snippetsOf } from './snippets.ts'

const snippets = pages.flatMap((one) => one.snippets)
const of = (language: string) => snippets.filter((one) => one.language === language && one.skip === undefined)
const hooksFile = of('ts').find(({ file }) => file === 'hooks.ts')?.code ?? ''
// test/mounts runs those that serve.
const programs = of('ts').filter(({ file, needs }) => file !== 'hooks.ts' && needs !== 'mount')

describe('the documentation', () => {
  it('runs every code block, or says why not', () => {
    const known = ['ts', 'sh', 'http']
    const neither = snippets.filter(({ language, skip, needs }) => {
      if (skip !== undefined) return skip.trim().length < 10
      return !known.includes(language) || (language === 'sh' && needs !== 'bookstore')
    })
    expect(neither.map(({ at }) => at)).toEqual([])
    expect(programs.length).toBeGreaterThan(6)
  })

  it('shows it all in one screen before it explains anything', () => {
    const screen = (page('README.md').split(/^## /m)[0] ?? '').replace(/<!--[\s\S]*?-->\n/g, '')
    expect(screen.split('\n').length).toBeLessThan(64)
    for (const shown of [
      'npm install hookwright',
      'hooks.migrate()',
      'hooks.create(',
      'webhook-signature: v1,',
      'npm ci && npm start',
      'npm ci && npm test',
    ]) {
      expect(screen).toContain(shown)
    }
  })
})

describe('programs of the documentation', () => {
  it('are right in the eyes of the compiler', () => {
    const { folder, remove } = applicationFolder(hooksFile)
    try {
      for (const [i, snippet] of programs.entries()) {
        writeFileSync(join(folder, `${i}-${fileName(snippet)}.ts`), programOf(snippet))
      }
      const config = { extends: join(root, 'tsconfig.json'), include: ['*.ts'] }
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
      const tsc = join(root, 'node_modules/typescript/bin/tsc')
      const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
      expect(stdout).toBe('')
    } finally {
      remove()
    }
  })

  it.each(programs.map((snippet) => [snippet.at, snippet] as const))('%s runs', async (_, snippet) => {
    const { folder, remove } = applicationFolder(hooksFile)
    try {
      const { code, output } = await runProgram(folder, await onFreePorts(programOf(snippet)))
      expect({ code, output }).toEqual({ code: 0, output: expect.any(String) })
      if (snippet.file === 'main.ts') checkPosts(output)
    } finally {
      remove()
    }
  })
})

const fileName = ({ at }: Snippet) => at.replaceAll(/\W/g, '-')

/** The first program of the README makes the POST that is shown below it, and two more. */
function checkPosts(output: string): void {
  const posts = [...output.matchAll(/^POST (.*)$/gm)].map(([, json = '']) => JSON.parse(json))
  expect(posts).toHaveLength(3)
  const first = posts.find(({ body }) => body.includes('book.added'))
  const { headers, body } = shownPost()
  expect(first.url).toBe('https://example.com/target')
  expect(first.body).toBe(body)
  expect(Object.keys(first.headers)).toEqual(Object.keys(headers))
}

async function onFreePorts(program: string): Promise<string> {
  let result = program
  for (const port of ['3000', '8080']) {
    if (result.includes(port)) result = result.replaceAll(port, String(await freePort()))
  }
  return result
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The POST that the README shows. */
function shownPost(): { line: string; headers: Record<string, string>; body: string } {
  const [block] = of('http')
  const [head = '', body = ''] = (block?.code ?? '').split('\n\n')
  const [line = '', ...headers] = head.split('\n')
  const entries = headers.map((header) => /^(.+?): (.*)$/.exec(header)?.slice(1, 3) ?? [])
  return { line, headers: Object.fromEntries(entries), body: body.trimEnd() }
}

describe('lines of the documentation, with the bookstore running', () => {
  const folder = temporaryFolder()
  let bookstore: Bookstore

  beforeAll(async () => {
    bookstore = await startBookstore(folder.database)
  })
  afterAll(async () => {
    await bookstore.close()
    folder.remove()
  })

  it.each(of('sh').map((snippet) => [snippet.at, snippet] as const))(
    '%s can be pasted',
    async (_, { code }) => {
      const output = await paste(code.replaceAll('http://127.0.0.1:3000', bookstore.url))
      const answers = output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(answers).toHaveLength(code.match(/^curl/gm)?.length ?? 0)
      for (const answer of answers) expect(answer).toMatchObject({ id: expect.any(Number) })
      await bookstore.printed(/book\.added signature verified/)
    },
  )

  it('make the POST that the README shows, with these headers and this body', async () => {
    const arrived = Promise.withResolvers<{ line: string; headers: IncomingHttpHeaders; body: string }>()
    const target = createServer((request, response) => {
      const line = `${request.method} ${request.url} HTTP/${request.httpVersion}`
      const whole = text(request).then((body) => ({ line, headers: request.headers, body }))
      arrived.resolve(whole)
      response.writeHead(204).end()
    })
    await new Promise<void>((resolve) => void target.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${(target.address() as AddressInfo).port}/target`
      const ask = (path: string, body: object) =>
        fetch(`${bookstore.url}${path}`, {
          method: 'POST',
          headers: { authorization: 'Bearer bob', 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      const hook = (await (await ask('/api/hooks/', { event: 'book.added', target: url })).json()) as {
        id: number
      }
      await ask('/api/books', { title: 'The Two Towers', pages: 327, fiction: true })

      const shown = shownPost()
      const real = await arrived.promise
      const ofTransport = ['host', 'connection', 'content-length']
      expect(real.line).toBe(shown.line)
      expect(Object.keys(real.headers).filter((name) => !ofTransport.includes(name))).toEqual(
        Object.keys(shown.headers),
      )
      expect(real.headers).toMatchObject({
        'content-type': shown.headers['content-type'],
        'user-agent': shown.headers['user-agent'],
      })
      for (const headers of [real.headers, shown.headers]) {
        expect(headers['webhook-id']).toMatch(/^[0-9a-f]{32}_\d+$/)
        expect(headers['webhook-timestamp']).toMatch(/^\d{10}$/)
        expect(headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/)
      }
      const wanted = shown.body
        .replace('https://example.com/target', url)
        .replace('"id":1', `"id":${hook.id}`)
      expect(real.body).toBe(wanted)
    } finally {
      target.close()
    }
  })
})

describe('snippetsOf', () => {
  it('finds blocks, the file that they name, and the notes before them', () => {
    const found = snippetsOf(
      'a.md',
      'x\n<!-- test: before\nlet a\n-->\n<!-- test: after\nb()\n-->\n```ts\n// main.ts\na()\n```\n<!-- note -->\n<!-- test: skip, why -->\n```sh\nls\n```\n```sh\nls\n```\n',
    )
    expect(found).toMatchObject([
      {
        at: 'a.md:9',
        language: 'ts',
        file: 'main.ts',
        code: '// main.ts\na()\n',
        before: '\nlet a',
        after: '\nb()',
      },
      { language: 'sh', code: 'ls\n', skip: 'why', before: '' },
      { language: 'sh', skip: undefined, file: undefined },
    ])
  })
})
