import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createHooks, silentLogger } from '../../src/index.ts'
import { sqlite } from '../../src/store/sqlite/index.ts'
import { EMPTY_HOOKS, testProject } from './project.ts'

it("shows the request of a delivery as it was sent, without the values of the hook's own headers", async () => {
  const sent: string[][] = []
  const server = createServer((request, response) => {
    const { rawHeaders } = request
    sent.push(rawHeaders.flatMap((name, n) => (n % 2 === 0 ? [`${name}: ${rawHeaders[n + 1]}`] : [])))
    response.end('thanks')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders?a=b`
  const allow = "allow: ['127.0.0.1/32'], events:"
  const { folder, run } = testProject({ 'hooks.ts': EMPTY_HOOKS.replace('events:', allow) })
  const hooks = createHooks({
    database: sqlite(join(folder, 'shop.db')),
    events: { 'user.logged_in': null },
    allow: ['127.0.0.1/32'],
    logger: silentLogger,
  })
  onTestFinished(() => hooks.close())
  await hooks.migrate()
  await hooks.create({
    owner: 1,
    event: 'user.logged_in',
    target,
    headers: { Authorization: 'Bearer geheim', 'X-Shop': 'geheim too' },
  })
  await hooks.send('user.logged_in', { n: 1 }, { owner: 1 })
  await hooks.drain()
  const [{ id } = { id: '' }] = await hooks.deliveries()

  const { code, stdout } = await run(['deliveries', id])
  expect(code).toBe(0)
  // As the log keeps it: a query may be a secret of the target's.
  const logged = target.replace('a=b', '[hidden]')
  expect(stdout).toContain(`  POST ${logged}\n`)
  expect(stdout).toMatch(/^ {2}authorization: \[hidden\]$/im)
  expect(stdout).toMatch(/^ {2}x-shop: \[hidden\]$/im)
  // What hookwright itself has set is there as the target got it.
  const own = sent[0]?.filter((line) => /^(webhook-|content-type)/i.test(line)) ?? []
  expect(own).toHaveLength(4)
  for (const line of own) expect(stdout.toLowerCase()).toContain(`  ${line.toLowerCase()}\n`)

  const json = await run(['deliveries', id, '--json'])
  expect(JSON.parse(json.stdout).log[0].request).toMatchObject({ url: logged })
  const shown = await run(['hooks', 'show', '1'])
  expect(stdout + json.stdout + shown.stdout).not.toContain('geheim')
})
