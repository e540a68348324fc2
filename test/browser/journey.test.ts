import type { Browser, Page } from 'playwright-core'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noChromium, startChromium } from './chromium.ts'
import { type Looking, lookAt } from './looking.ts'
import { type Shop, startShop } from './shop.ts'

/** What somebody does whose webhook "did not arrive", in a real browser, from the first hook on. */
const reason = noChromium()
if (reason !== undefined) console.warn(`test/browser/journey.test.ts is skipped: ${reason}`)

describe.skipIf(reason !== undefined)('somebody with a hook', () => {
  let browser: Browser
  let shop: Shop
  let looking: Looking
  let page: Page
  let secret = ''

  /** What arrived, and whether it was signed with the secret that was shown. */
  const arrived: { body: string; genuine: boolean }[] = []
  let status = 204

  beforeAll(async () => {
    browser = await startChromium()
    shop = await startShop()
    shop.answer('/receiver', (response, body, headers) => {
      arrived.push({ body, genuine: isGenuine(secret, body, headers) })
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"said": "by the receiver"}')
    })
    looking = await lookAt(shop, browser, { as: 'alice' })
    page = looking.page
  })
  afterAll(async () => {
    await browser?.close()
    await shop?.close()
  })

  it('is told as they type what a target must not be, and creates nothing by that', async () => {
    await looking.go('hooks')
    await page.getByText('No hooks yet').waitFor()
    await page.getByRole('link', { name: 'New hook' }).first().click()
    const target = page.getByRole('textbox', { name: 'Target URL' })
    await target.fill('ftp://example.com')
    await page.getByText(/http/).first().waitFor()
    expect(await target.getAttribute('aria-invalid')).toBe('true')
    // What only the server knows.
    await target.fill('http://10.0.0.1/private')
    await page
      .getByText(/10\.0\.0\.1/)
      .first()
      .waitFor()
    expect(await target.getAttribute('aria-invalid')).toBe('true')
    await target.fill(shop.target('/receiver'))
    await expect.poll(() => target.getAttribute('aria-invalid')).toBeNull()
    expect(await shop.hooks.list()).toEqual([])
  })

  it('creates it, and sees its secret once', async () => {
    await page.getByLabel('Search events').fill('book.')
    await page.getByRole('checkbox', { name: /book\.added/ }).check()
    await page.getByRole('checkbox', { name: /book\.sold/ }).check()
    await page.getByLabel('Label').fill('Warehouse')
    await page.getByRole('button', { name: 'Create hook' }).click()
    const dialog = page.getByRole('dialog')
    secret = (await dialog.locator('code').first().textContent()) ?? ''
    expect(await shop.hooks.secrets(1)).toEqual([secret])
    await page.keyboard.press('Escape')
    expect(await dialog.isVisible()).toBe(true)
    await dialog.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByRole('heading', { level: 1, name: shop.target('/receiver') }).waitFor()
    expect(await page.content()).not.toContain(secret)
    expect(await shop.hooks.get(1)).toMatchObject({ events: ['book.added', 'book.sold'], label: 'Warehouse' })
  })

  it('sends a test event and sees it arrive without reloading', async () => {
    await page.evaluate(() => Object.assign(globalThis, { stillHere: true }))
    await page.getByRole('button', { name: 'Send test event' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Event' }).selectOption('book.sold')
    await dialog.getByRole('textbox', { name: 'Data' }).fill('{"title": "The Two Towers"}')
    await dialog.getByRole('button', { name: 'Send test event' }).click()
    await dialog.getByText('Delivered').waitFor()
    expect(arrived.map(({ body, genuine }) => [JSON.parse(body).data, genuine])).toEqual([
      [{ title: 'The Two Towers' }, true],
    ])
    await dialog.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('row', { name: /Delivered.*book\.sold/ }).waitFor()
    expect(await page.evaluate(() => 'stillHere' in globalThis)).toBe(true)
  })

  it('sees what fails: the request as it was sent, and what the receiver said to it', async () => {
    status = 503
    await shop.hooks.send('book.added', { title: 'Silent Spring' }, { owner: 'alice' })
    const row = page.getByRole('row', { name: /Retrying.*book\.added/ })
    await row.waitFor()
    await row.getByRole('link').click()
    await page.getByRole('heading', { level: 1, name: 'book.added' }).waitFor()
    await page.getByText('"said": "by the receiver"').waitFor()
    const [delivery] = await shop.hooks.deliveries({ limit: 1 })
    const { log, body } = await shop.hooks.delivery(delivery?.id ?? '')
    const headers = Object.fromEntries(log[0]?.request?.headers ?? [])
    for (const text of [delivery?.id, headers['webhook-signature'], headers['webhook-timestamp']]) {
      await page
        .getByText(text ?? 'missing', { exact: true })
        .first()
        .waitFor()
    }
    expect(body).toContain('"Silent Spring"')
    await page.getByText('"Silent Spring"').waitFor()
    // The next attempt comes in an hour, give or take a tenth.
    await page.getByText(/^In (5|1 ?h)/).waitFor()
  })

  it('retries, and sees that it has arrived', async () => {
    status = 200
    await page.getByRole('button', { name: 'Retry now' }).click()
    await page.getByRole('button', { name: /^2.*200/ }).waitFor()
    await page.getByText('Finished').waitFor()
    expect(arrived.map(({ genuine }) => genuine)).toEqual([true, true, true])
  })

  it('rotates the secret: another one, shown once, and both sign', async () => {
    await page.getByRole('link', { name: shop.target('/receiver') }).click()
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('button', { name: 'Rotate secret' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate secret' }).click()
    await page.getByRole('heading', { name: 'The new secret' }).waitFor()
    const rotated = (await page.getByRole('dialog').locator('code').first().textContent()) ?? ''
    expect(await shop.hooks.secrets(1)).toEqual([rotated, secret])
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByText('Secret rotated').waitFor()
    const before = secret
    secret = rotated
    // The receiver knows one of the two at first, and then the other.
    for (const key of [rotated, before]) {
      secret = key
      await shop.hooks.send('book.added', { key }, { owner: 'alice' })
      await expect
        .poll(() => arrived.at(-1))
        .toMatchObject({ body: expect.stringContaining(key), genuine: true })
    }
    secret = rotated
  })

  it('disables it, enables it again, and replays what it has missed once the number was seen', async () => {
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('button', { name: 'Disable' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('Moving house')
    await page.getByRole('dialog').getByRole('button', { name: 'Disable hook' }).click()
    await page.getByText('“Moving house”').waitFor()
    for (const title of ['one', 'two', 'three'])
      await shop.hooks.send('book.added', { title }, { owner: 'alice' })
    await page.getByRole('button', { name: 'Enable' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Enable hook' }).click()
    await expect.poll(() => arrived.filter(({ body }) => /"(one|two|three)"/.test(body)).length).toBe(3)

    // Two that happen while it does not listen to them, and somebody else does: what nobody listens to is not kept.
    const other = await shop.hooks.create({
      owner: 'alice',
      event: 'book.sold',
      target: shop.target('/other'),
    })
    await shop.hooks.update(1, { events: ['book.added'] })
    for (const title of ['four', 'five']) await shop.hooks.send('book.sold', { title }, { owner: 'alice' })
    await expect.poll(async () => (await shop.hooks.stats()).now.events.waiting).toBe(0)
    await shop.hooks.update(1, { events: ['book.added', 'book.sold'] })
    await shop.hooks.delete(other.id)
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('button', { name: 'Replay deliveries' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('radio', { name: /Whatever it did not get/ }).check()
    await dialog.getByRole('button', { name: 'Count first' }).click()
    await dialog.getByText('2 deliveries would be sent again.').waitFor()
    expect(arrived.some(({ body }) => /"four"|"five"/.test(body))).toBe(false)
    await dialog.getByRole('button', { name: 'Send 2 again' }).click()
    await page.getByText('2 deliveries are sent again').waitFor()
    await expect.poll(() => arrived.filter(({ body }) => /"(four|five)"/.test(body)).length).toBe(2)
  })

  it('edits it, and deletes it', async () => {
    await page.getByRole('link', { name: 'Edit' }).click()
    await page.getByRole('checkbox', { name: /book\.sold/ }).uncheck()
    await page.getByRole('button', { name: /Save/ }).click()
    await page.getByText('Changes saved').waitFor()
    expect(await shop.hooks.get(1)).toMatchObject({ events: ['book.added'], label: 'Warehouse' })
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /Delete/ })
      .click()
    await page.getByText('No hooks yet').waitFor()
    expect(await shop.hooks.list()).toEqual([])
  })

  it('has met no error, and nothing that the policy of the page refuses', () => {
    expect(looking.complaints).toEqual([])
  })
})

function isGenuine(secret: string, body: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, headers)
    return true
  } catch {
    return false
  }
}
