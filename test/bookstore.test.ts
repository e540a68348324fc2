import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Bookstore, paste, startBookstore, temporaryFolder } from './docs/bookstore-process.ts'

/** Carol's shop has these before the lines are pasted. */
const HOOKS = 3
const BOOKS = 8
const HOOK = HOOKS + 1
const BOOK = BOOKS + 1

const DATA = { title: 'The Two Towers', pages: 327, fiction: true }

/** A POST as the bookstore prints it when its receiver has got it. */
const arrival = (event: string) =>
  new RegExp(
    `${event} signature verified\\n.*\\n +webhook-id: (\\S+)\\n +webhook-timestamp: (\\S+)\\n +webhook-signature: (\\S+)\\n +(.+)\\n`,
  )

describe('npm start', () => {
  const folder = temporaryFolder()
  let bookstore: Bookstore
  let answers: string[]

  beforeAll(async () => {
    bookstore = await startBookstore(folder.database)
    answers = []
    for (const line of bookstore.lines) answers.push(await paste(line))
  })
  afterAll(async () => {
    await bookstore.close()
    folder.remove()
  })

  it('prints lines that create a hook and a book, read it twice and log in when they are pasted', () => {
    const [hook, ...others] = answers.map((answer) => JSON.parse(answer))
    expect(hook).toMatchObject({ id: HOOK, event: 'book.added', target: `${bookstore.url}/receiver` })
    expect(others).toEqual([
      { id: BOOK, userId: 1, ...DATA, readPages: 0 },
      { id: BOOK, userId: 1, ...DATA, readPages: 0 },
      { id: BOOK, userId: 1, ...DATA, readPages: 327 },
      { token: 'alice' },
    ])
  })

  it('shows the POST of each, with the body of a drf-hooks subscriber', async () => {
    const wanted = [
      ['book.added', DATA],
      ['book.read', DATA],
      ['book.finished', DATA],
      ['user.logged_in', { username: 'alice' }],
    ] as const
    for (const [event, data] of wanted) {
      const [, , , , body = ''] = await bookstore.printed(arrival(event))
      expect(JSON.parse(body)).toEqual({
        hook: { id: HOOK, event, target: `${bookstore.url}/receiver` },
        data,
      })
    }
  })

  it('signs as the package standardwebhooks wants it, with the secret that the answer to the creation told', async () => {
    const { secret } = JSON.parse(answers[0] ?? '')
    const [, id = '', timestamp = '', signature = '', body = ''] = await bookstore.printed(
      arrival('book.added'),
    )
    const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature }
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body))
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow()
  })

  it('refuses a POST that it has not signed, and shows none of it', async () => {
    const forged = JSON.stringify({ hook: { id: HOOK, event: 'book.forged' }, data: {} })
    const unknown = JSON.stringify({ hook: { id: 99, event: 'book.forged' }, data: {} })
    for (const body of [forged, unknown, 'no JSON', '']) {
      const response = await fetch(`${bookstore.url}/receiver`, { method: 'POST', body })
      expect(response.status).toBe(401)
    }
    expect(await (await fetch(`${bookstore.url}/receiver`)).text()).not.toContain('book.forged')
  })

  it('shows what arrived on a page, and markup in it as text', async () => {
    const headers = { authorization: 'Bearer alice' }
    const title = `<script>alert("1")</script>`
    const body = JSON.stringify({ title, pages: 3 })
    expect((await fetch(`${bookstore.url}/api/books`, { method: 'POST', headers, body })).status).toBe(201)
    await bookstore.printed(/alert/)
    const response = await fetch(`${bookstore.url}/receiver`)
    const html = await response.text()
    expect(html).toContain('&lt;script&gt;alert(\\&quot;1\\&quot;)&lt;/script&gt;')
    expect(html).not.toContain('<script>alert')
    expect(response.headers.get('content-security-policy')).toContain(`default-src 'none'`)
  })

  it('keeps books and hooks of one user from another', async () => {
    const headers = { authorization: 'Bearer bob' }
    expect((await fetch(`${bookstore.url}/api/books/${BOOK}`, { headers })).status).toBe(404)
    expect(await (await fetch(`${bookstore.url}/api/hooks/`, { headers })).json()).toEqual([])
    expect((await fetch(`${bookstore.url}/api/books`)).status).toBe(401)
    expect((await fetch(`${bookstore.url}/api/hooks/`)).status).toBe(401)
  })

  it('has a dashboard with something to show, for whoever signs in', async () => {
    const signedIn = async (query: string) => {
      const response = await fetch(`${bookstore.url}/dashboard${query}`, { redirect: 'manual' })
      expect([response.status, response.headers.get('location')]).toEqual([302, '/api/hooks/ui/'])
      return { cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' }
    }
    const listed = async (headers: Record<string, string>) => {
      const hooks = (await (await fetch(`${bookstore.url}/api/hooks/`, { headers })).json()) as {
        id: number
      }[]
      return hooks.map(({ id }) => id)
    }
    const administrator = await signedIn('')
    await vi.waitFor(async () => {
      const stats = await fetch(`${bookstore.url}/api/hooks/stats/`, { headers: administrator })
      const { total } = (await stats.json()) as { total: { delivered: number; failed: number } }
      expect([total.delivered > 0, total.failed > 0]).toEqual([true, true])
    }, 10_000)
    expect(await listed(administrator)).toEqual([1, 2, 3, HOOK])
    expect(await listed(await signedIn('?as=alice'))).toEqual([HOOK])
    expect((await fetch(`${bookstore.url}/dashboard?as=mallory`)).status).toBe(404)
  })

  it('lives on after a request that makes no sense', async () => {
    const headers = { authorization: 'Bearer alice' }
    expect((await fetch(`${bookstore.url}//`, { headers })).status).toBe(404)
    const refused = await fetch(`${bookstore.url}/api/books`, {
      method: 'POST',
      headers,
      body: '{"title": 7}',
    })
    expect(refused.status).toBe(400)
    expect(await refused.json()).toEqual({ detail: 'title must be some text.' })
    expect((await fetch(bookstore.url)).url).toBe(`${bookstore.url}/receiver`)
  })

  it('says so when its port is taken', async () => {
    const other = temporaryFolder()
    const { port } = new URL(bookstore.url)
    try {
      await expect(startBookstore(other.database, port)).rejects.toThrow(`Port ${port} is taken`)
    } finally {
      other.remove()
    }
  })
})

describe('npm start on the database of an earlier run', () => {
  it('delivers to the hooks of then, and its lines work again', async () => {
    const folder = temporaryFolder()
    try {
      const first = await startBookstore(folder.database)
      await paste(first.lines[0] ?? '')
      await paste(first.lines[1] ?? '')
      await first.printed(arrival('book.added'))
      const { port } = new URL(first.url)
      await first.close()
      expect(first.output()).toMatch(/The bookstore closes\.\n$/)

      const second = await startBookstore(folder.database, port)
      try {
        expect(second.lines.map((line) => line.replace(`books/${BOOK + 1}`, `books/${BOOK}`))).toEqual(
          first.lines,
        )
        const answers = []
        for (const line of second.lines) answers.push(JSON.parse(await paste(line)))
        expect(answers[0]).toMatchObject({ id: HOOK })
        expect(answers[1]).toMatchObject({ id: BOOK + 1 })
        const [, id] = await second.printed(arrival('book.finished'))
        expect(id).toMatch(new RegExp(`_${HOOK}$`))
      } finally {
        await second.close()
      }
    } finally {
      folder.remove()
    }
  })
})
