import pg from 'pg'
import { beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { postgres } from '../../src/store/postgres/index.ts'
import { describeOwnServer } from './own-server.ts'
import { createShopHooks, openShop } from './shop.ts'

const PASSWORD = 'never-to-be-shown'
const ITS_PASSWORD = 'another one'
const MAX_CONNECTIONS = 12

describeOwnServer(
  'a server that lets in whom it knows, and nobody',
  (server) => {
    let here: Awaited<ReturnType<typeof server>>
    beforeAll(async () => {
      here = await server()
      const admin = new pg.Client({ connectionString: here.url })
      await admin.connect()
      await admin.query(`CREATE ROLE guarded SUPERUSER LOGIN PASSWORD '${ITS_PASSWORD}'`)
      await admin.query('CREATE ROLE seller LOGIN')
      await admin.query(`ALTER DATABASE ${new URL(here.url).pathname.slice(1)} OWNER TO seller`)
      await admin.end()
    })

    const urlOf = (user: string, change: (url: URL) => void = () => {}) => {
      const url = new URL(here.url)
      url.username = user
      url.password = PASSWORD
      change(url)
      return url
    }

    it.each<[string, () => URL, { code: string; says: RegExp }]>([
      [
        'because the password is wrong',
        () => urlOf('guarded'),
        { code: 'database_invalid', says: /password authentication failed.*Check the user/ },
      ],
      [
        'because there is no such database',
        () =>
          urlOf('seller', (url) => {
            url.pathname = '/missing'
          }),
        { code: 'database_invalid', says: /database "missing" does not exist/ },
      ],
      [
        'because it is not there',
        () =>
          urlOf('seller', (url) => {
            url.port = '1'
          }),
        { code: 'database_unavailable', says: /cannot be reached.*ECONNREFUSED.*try again/ },
      ],
      [
        'because nobody knows its name',
        () =>
          urlOf('seller', (url) => {
            url.hostname = 'database.invalid'
          }),
        { code: 'database_unavailable', says: /cannot be reached/ },
      ],
    ])('%s: the error names host and database, and no password', async (_, urlFor, { code, says }) => {
      const url = urlFor()
      const hooks = createShopHooks(postgres(url))
      for (const call of [
        () => hooks.migrate(),
        () => hooks.start(),
        () => hooks.send('book.noted', 1, { owner: 1 }),
        () => hooks.create({ owner: 1, event: 'book.added', target: 'http://127.0.0.1:8080' }),
      ]) {
        const error = await call().then(
          () => undefined,
          (reason: Error) => reason,
        )
        expect(error).toMatchObject({ code, message: expect.stringMatching(says) })
        expect(error?.message).toContain(`${url.host}${url.pathname}`)
        expect(showAll(error)).not.toContain(PASSWORD)
      }
      await hooks.close()
    })

    it("listens with the password of the application's pool, which is hidden in it", async () => {
      // Its tables belong to another role than those of the other tests.
      const { url } = await server()
      const admin = new pg.Client({ connectionString: url })
      await admin.connect()
      onTestFinished(() => admin.end())
      const { hostname, port, pathname } = new URL(url)
      const pool = new pg.Pool({
        host: hostname,
        port: Number(port),
        database: pathname.slice(1),
        user: 'guarded',
        password: ITS_PASSWORD,
      })
      onTestFinished(() => pool.end())
      await openShop(url, postgres(pool))
      await vi.waitFor(
        async () => {
          const { rows } = await admin.query(
            "SELECT usename FROM pg_stat_activity WHERE application_name = 'hookwright (listening)'",
          )
          expect(rows).toEqual([{ usename: 'guarded' }])
        },
        { timeout: 8_000, interval: 50 },
      )
    })

    it('because all its connections are taken: that is reported, and passes', async () => {
      const url = urlOf('seller').href
      const { hooks, reported, allDelivered, addBook } = await openShop(url, postgres(url))
      await hooks.close()
      const takers: pg.Client[] = []
      onTestFinished(() => Promise.all(takers.map((taker) => taker.end())).then(() => {}))
      for (let full = false; !full; ) {
        const taker = new pg.Client({ connectionString: url })
        taker.on('error', () => {})
        await taker.connect().then(
          () => takers.push(taker),
          () => {
            full = true
          },
        )
      }
      const other = createShopHooks(postgres(url), reported)
      onTestFinished(() => other.close())
      const sending = other.send('book.noted', { n: 1 }, { owner: 1 })
      await expect(sending).rejects.toMatchObject({
        code: 'database_unavailable',
        message: expect.stringMatching(/no room.*connection/),
        cause: { code: '53300' },
      })
      expect(showAll(await sending.catch((error: unknown) => error))).not.toContain(PASSWORD)
      await expect(other.start()).rejects.toMatchObject({ code: 'database_unavailable' })
      await addBook('While it is full')
      await Promise.all(takers.splice(0).map((taker) => taker.end()))
      await other.start()
      await allDelivered()
    })
  },
  {
    settings: {
      max_connections: String(MAX_CONNECTIONS),
      superuser_reserved_connections: '5',
    },
    access: ['host all guarded 127.0.0.1/32 scram-sha-256'],
  },
)

/** All that a logger might print of an error. */
function showAll(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return `${error.stack} ${JSON.stringify(error)} ${JSON.stringify({ ...error })} ${showAll(error.cause)}`
}
