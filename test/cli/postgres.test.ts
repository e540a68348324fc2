import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { createTestDatabase, describePostgres } from '../support/postgres.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { databaseSuite } from './database.suite.ts'
import { EMPTY_HOOKS, testProject } from './project.ts'

describePostgres('PostgreSQL', () => {
  databaseSuite('PostgreSQL', async () => {
    const { url, drop } = await createTestDatabase()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    return {
      url,
      async exec(sql) {
        await client.query(sql)
      },
      async close() {
        await client.end()
        await drop()
      },
    }
  })

  it('follows deliveries across a database that is away for a while', async () => {
    const { url, drop } = await createTestDatabase()
    onTestFinished(drop)
    const proxy = await startTcpProxy(Number(new URL(url).port || 5432))
    onTestFinished(() => proxy.close())
    const hooks = EMPTY_HOOKS.replace("sqlite('shop.db')", "postgres(process.env.SHOP_DATABASE ?? '')")
    const project = testProject({
      'hooks.ts': hooks.replace('{ sqlite }', '{ postgres }').replace('/sqlite', '/postgres'),
    })
    const direct = { env: { SHOP_DATABASE: url } }
    expect(await project.run(['migrate'], direct)).toMatchObject({ code: 0 })
    const create = [
      'hooks',
      'create',
      '--owner',
      '1',
      '--event',
      'user.logged_in',
      '--target',
      'https://example.com/',
    ]
    expect(await project.run(create, direct)).toMatchObject({ code: 0 })

    const follow = project.start(['deliveries', '--follow'], { env: { SHOP_DATABASE: proxy.through(url) } })
    await follow.until(/Following/)
    proxy.toServer = () => 'cut'
    proxy.cutAll()
    await follow.until(/The database does not answer, trying again/)
    expect(await project.run(['hooks', 'test', '1'], direct)).toMatchObject({ code: 0 })
    proxy.toServer = undefined
    await follow.until(/The database is back\./)
    await follow.until(/user\.logged_in/)
    follow.process.kill('SIGINT')
    expect(await follow.done).toMatchObject({ code: 0, signal: null })
  })
})
