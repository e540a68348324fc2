import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createHooks, silentLogger } from '../../src/index.ts'
import { sqlite } from '../../src/store/sqlite/index.ts'
import { EMPTY_HOOKS, testProject } from './project.ts'

/** A project with a hook of each of two owners, and its REST API in this process. */
async function shop() {
  const project = testProject({ 'hooks.ts': EMPTY_HOOKS })
  const hooks = createHooks({
    database: sqlite(join(project.folder, 'shop.db')),
    events: { 'user.logged_in': null },
    logger: silentLogger,
  })
  onTestFinished(() => hooks.close())
  await hooks.migrate()
  for (const owner of [1, 2])
    await hooks.create({ owner, event: 'user.logged_in', target: `https://example.com/${owner}` })
  const call = async (token: string, path: string, method = 'GET') => {
    const headers = { authorization: `Bearer ${token}` }
    const { status, text } = await hooks
      .handler(new Request(`http://shop.test${path}`, { method, headers }))
      .then(async (response) => ({ status: response.status, text: await response.text() }))
    return { status, body: text === '' ? null : JSON.parse(text) }
  }
  return { ...project, call }
}

it('makes a link whose token opens the API for that owner alone, for an hour', async () => {
  const { run, call } = await shop()
  const before = Date.now()
  const made = await run(['portal', '1', '--url', 'https://app.example.com/api/hooks'])
  expect(made).toMatchObject({ code: 0, stderr: expect.stringMatching(/^It ends at .*\.\n$/) })
  const [, token = ''] =
    /^https:\/\/app\.example\.com\/api\/hooks\/ui\/#token=(hwp_\S+)\n$/.exec(made.stdout) ?? []
  const me = await call(token, '/me/')
  expect(me).toMatchObject({
    status: 200,
    body: { owner: '1', admin: false, read_only: false, portal: true },
  })
  const left = Date.parse(me.body.expires) - before
  expect(left).toBeGreaterThan(3_590_000)
  expect(left).toBeLessThan(3_700_000)
  expect((await call(token, '/')).body).toMatchObject([{ id: 1 }])
  expect((await call(token, '/2/')).status).toBe(404)
  expect((await call(token, '/2/', 'DELETE')).status).toBe(404)
  expect((await call(`${token}x`, '/')).status).toBe(401)
  expect((await call(token, '/1/', 'DELETE')).status).toBe(204)
})

it('makes one that only looks, for as long as it is told, and says where a link without --url begins', async () => {
  const { run, call } = await shop()
  const before = Date.now()
  const looks = await run(['portal', '2', '--read-only', '--expires', '15m', '--json'])
  const { token, url, expiresAt } = JSON.parse(looks.stdout)
  expect(url).toBe(`ui/#token=${token}`)
  expect(looks.stderr).toContain('--url <url> makes it whole')
  const left = Date.parse(expiresAt) - before
  expect(left).toBeGreaterThan(890_000)
  expect(left).toBeLessThan(1_000_000)
  expect((await call(token, '/me/')).body).toMatchObject({ owner: '2', read_only: true })
  expect((await call(token, '/2/')).status).toBe(200)
  expect((await call(token, '/2/', 'DELETE')).status).toBe(403)

  const tooLong = await run(['portal', '2', '--expires', '8d'])
  expect(tooLong).toMatchObject({ code: 1, stdout: '' })
  expect(tooLong.stderr).toContain('portal.expiresInMs')
})
