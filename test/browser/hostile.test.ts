import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { noChromium, startChromium } from './chromium.ts'
import { type Looking, lookAt } from './looking.ts'
import { type Shop, startShop } from './shop.ts'

/** What comes from outside is shown as text, whoever wrote it: receivers, subscribers, and the application's data. */
const reason = noChromium()
if (reason !== undefined) console.warn(`test/browser/hostile.test.ts is skipped: ${reason}`)

const MARK = '<img src=x onerror="globalThis.pwned = 1">'
const SCRIPTS = [
  MARK,
  '<script>globalThis.pwned = 1; alert(1)</script>',
  '"><svg onload="globalThis.pwned = 1">',
  '</script><script>globalThis.pwned = 1</script>',
  'javascript:globalThis.pwned=1',
  '{{constructor.constructor("globalThis.pwned=1")()}}',
  '\u202Etxt.exe\u202C',
  '\u001b]0;pwned\u0007\u001b[31m',
].join('\n')

interface Found {
  pwned: boolean
  polluted: boolean
  links: string[]
}

describe.skipIf(reason !== undefined)('what comes from outside', () => {
  let browser: Browser
  let shop: Shop
  let looking: Looking
  let page: Page
  let id = ''

  beforeAll(async () => {
    browser = await startChromium()
    shop = await startShop()
    shop.answer('/hostile', (response) => {
      response.writeHead(500, {
        'content-type': 'text/html',
        'x-mark': MARK,
        'content-security-policy': "script-src 'unsafe-inline'",
        'set-cookie': 'user=root; Path=/',
        refresh: '0; url=https://example.com/',
        link: '<https://example.com/?cursor=1>; rel="next"',
      })
      response.end(SCRIPTS)
    })
    shop.answer('/long', (response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'x-long': 'x'.repeat(8_000) })
      response.end('y'.repeat(300_000))
    })
    const mark = encodeURIComponent(MARK)
    await shop.hooks.create({
      owner: 'alice',
      event: 'book.added',
      target: shop.target(`/hostile?${mark}`),
      label: MARK,
    })
    await shop.hooks.create({ owner: 'alice', event: 'book.sold', target: shop.target('/long') })
    const hostile = JSON.parse(`{"__proto__": {"polluted": true}, "constructor": null}`) as object
    const sent = await shop.hooks.send('book.added', { [MARK]: SCRIPTS, ...hostile }, { owner: 'alice' })
    id = `${sent.id}_1`
    await shop.hooks.send('book.sold', { title: 'z'.repeat(60_000) }, { owner: 'alice' })
    await vi.waitFor(async () => expect((await shop.hooks.delivery(id)).attempts).toBe(1), 10_000)
    await shop.hooks.disable(2, SCRIPTS.slice(0, 900))
    looking = await lookAt(shop, browser, { as: 'alice' })
    page = looking.page
  })
  afterAll(async () => {
    await browser?.close()
    await shop?.close()
  })

  it('is shown as it is: body, headers, data and the hook’s own field', async () => {
    await looking.go(`deliveries/${id}`)
    // Of the answer's header, of its body, and of the data, where JSON writes its quotes otherwise.
    await expect.poll(() => page.getByText('globalThis.pwned = 1').count()).toBeGreaterThanOrEqual(3)
    expect(await page.getByText(MARK).count()).toBeGreaterThanOrEqual(2)
    await looking.go('hooks/1')
    await page.getByText(MARK, { exact: true }).first().waitFor()
  })

  it('does not turn the direction of writing, nor hide', async () => {
    await looking.go(`deliveries/${id}`)
    await page.getByText('txt.exe').first().waitFor()
    const shown = await page.evaluate<string>("document.querySelector('main').innerText")
    for (const character of ['\u202e', '\u202c', '\u001b', '\u0007']) expect(shown).not.toContain(character)
  })

  it('does not make the page wider than the window, however long', async () => {
    const [sold] = await shop.hooks.deliveries({ event: 'book.sold' })
    for (const width of [400, 1280]) {
      await page.setViewportSize({ width, height: 900 })
      for (const path of [
        `deliveries/${sold?.id}`,
        `deliveries/${id}`,
        'hooks/1',
        'hooks/2',
        'hooks',
        'deliveries',
        '',
      ]) {
        await looking.go(path)
        await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0)
        const over = await page.evaluate(
          'Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)',
        )
        expect({ path, width, over }).toEqual({ path, width, over: 0 })
      }
    }
  })

  it('is no hook’s id, whatever the address says', async () => {
    for (const id of ['constructor', '1e3', '-1', '1%2F..']) {
      await looking.go(`hooks/${id}`)
      await page.getByText('There is no such page').waitFor()
    }
  })

  it('runs nothing, loads nothing and leads nowhere', async () => {
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    for (const path of [
      '',
      'hooks',
      'hooks/1',
      'hooks/2',
      'hooks/1/edit',
      'deliveries',
      `deliveries/${id}`,
      'events',
    ]) {
      await looking.go(path)
      await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0)
      const { pwned, polluted, links } = await page.evaluate<Found>(
        `({ pwned: 'pwned' in globalThis, polluted: 'polluted' in {}, links: [...document.links].map(({ href }) => href) })`,
      )
      expect([pwned, polluted]).toEqual([false, false])
      expect(links.filter((href) => !href.startsWith(shop.ui))).toEqual([])
    }
    const root = shop.ui.replace(/ui\/$/, '')
    expect(asked.filter((url) => !url.startsWith(root))).toEqual([])
    expect(looking.complaints).toEqual([])
  })
})
