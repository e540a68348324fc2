import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { noChromium, startChromium } from './chromium.ts'
import { lookAt } from './looking.ts'
import { type Shop, startShop } from './shop.ts'

/** Who sees what of the dashboard, and in whose pages it may stand. */
const reason = noChromium()
if (reason !== undefined) console.warn(`test/browser/callers.test.ts is skipped: ${reason}`)

interface Styles {
  getComputedStyle(element: unknown): { backgroundColor: string }
}

/** A page of another origin, with a frame. The browser takes `localhost` and `127.0.0.1` for two sites. */
async function startEmbedder() {
  let src = ''
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end(
      `<!doctype html><title>Embedder</title><iframe src="${src}" width="1000" height="800"></iframe>`,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  return {
    origin,
    frame: (url: string) => {
      src = url
    },
    close: () => server.close(),
  }
}

describe.skipIf(reason !== undefined)('the dashboard', () => {
  let browser: Browser
  let shop: Shop
  let embedder: Awaited<ReturnType<typeof startEmbedder>>

  beforeAll(async () => {
    browser = await startChromium()
    embedder = await startEmbedder()
    shop = await startShop({
      dashboard: {
        title: 'Bookshop hooks',
        signInUrl: '/sign-in',
        frameAncestors: [embedder.origin],
        theme: { '--hw-accent': '#7a1f5c' },
      },
    })
    for (const owner of ['alice', 'bob']) {
      await shop.hooks.create({ owner, event: 'book.added', target: shop.target(`/of-${owner}`) })
      await shop.hooks.send('book.added', { of: owner }, { owner })
    }
    await vi.waitFor(
      async () => expect((await shop.hooks.deliveries({ status: 'delivered' })).length).toBe(2),
      10_000,
    )
  })
  afterAll(async () => {
    await browser?.close()
    await shop?.close()
    embedder?.close()
  })

  it('shows an owner their own hooks and deliveries, and of others nothing', async () => {
    const { page, go, close } = await lookAt(shop, browser, { as: 'alice' })
    await go('hooks')
    await page.getByRole('link', { name: shop.target('/of-alice') }).waitFor()
    expect(await page.getByText('/of-bob').count()).toBe(0)
    await go('deliveries')
    await page.getByRole('row', { name: /book\.added/ }).waitFor()
    expect(await page.getByRole('row', { name: /book\.added/ }).count()).toBe(1)
    await go('hooks/2')
    await page.getByText('There is no such hook').waitFor()
    const [ofBob] = await shop.hooks.deliveries({ owner: 'bob' })
    await go(`deliveries/${ofBob?.id}`)
    await page.getByText('There is no such delivery').waitFor()
    expect(await page.content()).not.toContain('of-bob')
    await close()
  })

  it('shows an administrator everybody’s, and one owner’s as long as the address says so', async () => {
    const { page, go, close, complaints } = await lookAt(shop, browser, { as: 'root' })
    await go('hooks')
    for (const owner of ['alice', 'bob']) {
      await page.getByRole('row', { name: new RegExp(`of-${owner}.*${owner}`) }).waitFor()
    }
    const filter = page.getByRole('textbox', { name: 'Owner' })
    await filter.fill('bob')
    await filter.press('Enter')
    await expect.poll(() => page.getByText('/of-alice').count()).toBe(0)
    await page.getByRole('link', { name: 'Deliveries', exact: true }).click()
    await page.getByRole('row', { name: /of-bob/ }).waitFor()
    expect(new URL(page.url()).searchParams.get('owner')).toBe('bob')
    expect(await page.getByText('/of-alice').count()).toBe(0)
    await page.reload()
    await page.getByRole('row', { name: /of-bob/ }).waitFor()
    expect(await page.getByText('/of-alice').count()).toBe(0)
    // In the name of an owner.
    await go('hooks/new?owner=bob')
    expect(await page.getByRole('textbox', { name: 'Owner' }).last().inputValue()).toBe('bob')
    expect(complaints).toEqual([])
    await close()
  })

  it('offers nothing to whoever may only look', async () => {
    const { page, go, close } = await lookAt(shop, browser, { as: 'guest' })
    await go('hooks/1')
    await page.getByRole('row', { name: /book\.added/ }).waitFor()
    await page.getByText('Read only').waitFor()
    for (const name of ['Send test event', 'Edit', 'More', 'New hook', 'Send again']) {
      expect(await page.getByRole('button', { name }).count()).toBe(0)
      expect(await page.getByRole('link', { name }).count()).toBe(0)
    }
    await page
      .getByRole('row', { name: /book\.added/ })
      .getByRole('link')
      .click()
    await page.getByRole('heading', { name: 'book.added' }).waitFor()
    expect(await page.getByRole('button', { name: 'Send again' }).count()).toBe(0)
    await close()
  })

  it('sends whoever is not signed in to where one signs in', async () => {
    const { page, go, close } = await lookAt(shop, browser)
    await go('hooks/1')
    await page.getByRole('heading', { name: 'Sign in to see your webhooks' }).waitFor()
    expect(await page.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe('/sign-in')
    expect(await page.title()).toContain('Bookshop hooks')
    await close()
  })

  it('looks as the application says', async () => {
    const { page, go, close } = await lookAt(shop, browser, { as: 'alice' })
    await go('hooks')
    const colour = await page
      .getByRole('link', { name: 'New hook' })
      .evaluate((link) => (globalThis as unknown as Styles).getComputedStyle(link).backgroundColor)
    expect(colour).toBe('rgb(122, 31, 92)')
    await close()
  })

  it('opens for one owner by a portal link, in a frame of a page that may have it, without a cookie', async () => {
    const { page, close, complaints } = await lookAt(shop, browser)
    const link = await shop.hooks.portal({ owner: 'bob', url: shop.ui.replace(/\/ui\/$/, '') })
    embedder.frame(link.url)
    await page.goto(embedder.origin)
    const frame = page.frameLocator('iframe')
    await frame.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    // The token is not left in the address, where history and screenshots keep it.
    expect(page.frames().map((one) => one.url())).toContain(shop.ui)
    await frame.getByRole('link', { name: 'Hooks', exact: true }).click()
    await frame.getByRole('link', { name: shop.target('/of-bob') }).waitFor()
    expect(await frame.getByText('/of-alice').count()).toBe(0)
    expect(complaints).toEqual([])
    await close()
  })

  it('says so when the link has ended, and asks nobody to sign in', async () => {
    const { page, go, close } = await lookAt(shop, browser, { as: 'alice' })
    const { token } = await shop.hooks.portal({ owner: 'bob' })
    await go(`#token=${token}`)
    await page.getByText('Owner bob').waitFor()
    await shop.hooks.endPortals()
    await page.reload()
    // Although alice is signed in: what was opened as bob's must not turn into hers.
    await page.getByRole('heading', { name: 'This link has ended' }).waitFor()
    await close()
  })

  it('does not stand in a frame of anybody else', async () => {
    const stranger = await startEmbedder()
    const { page, close } = await lookAt(shop, browser, { as: 'alice' })
    stranger.frame(shop.ui)
    const refused = page.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()))
    await page.goto(stranger.origin)
    await refused
    expect(await page.frameLocator('iframe').getByRole('heading').count()).toBe(0)
    await close()
    stranger.close()
  })
})
