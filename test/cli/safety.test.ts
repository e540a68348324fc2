import { spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createHooks, silentLogger } from '../../src/index.ts'
import { sqlite } from '../../src/store/sqlite/index.ts'
import { EMPTY_HOOKS, program, testProject } from './project.ts'

const LISTEN = ['listen', '--event', 'user.logged_in', '--owner', '1']

/** An application whose hooks may lead to this machine, and the same hooks in this process. */
async function shop(more = '') {
  const project = testProject({
    'hooks.ts': `${EMPTY_HOOKS.replace('events:', "allow: ['127.0.0.1/32'], events:")}\n${more}`,
  })
  const hooks = createHooks({
    database: sqlite(join(project.folder, 'shop.db')),
    events: { 'user.logged_in': null },
    allow: ['127.0.0.1/32'],
    logger: silentLogger,
  })
  await hooks.migrate()
  onTestFinished(() => hooks.close())
  return { ...project, hooks }
}

describe('what the hooks file prints', () => {
  it('does not come between the results, as dotenv and servers that tell their port would', async () => {
    const { run } = testProject({
      'hooks.ts': `console.log('Injected 3 variables')\nprocess.stdout.write('Port 3000\\n')\n${EMPTY_HOOKS}`,
    })
    const events = await run(['events', '--json'])
    expect(JSON.parse(events.stdout)).toHaveLength(6)
    expect(events.stderr).toBe('Injected 3 variables\nPort 3000\n')
    const dry = await run(['migrate', '--dry-run'])
    expect(dry.stdout).toMatch(/^CREATE /)
  })

  it('stays where it is while a worker runs, whose log it is, unless that prints JSON', async () => {
    const { start } = await shop("console.log('from the application')")
    const plain = start(['worker'])
    await plain.until(/Delivering/)
    plain.process.kill('SIGTERM')
    expect((await plain.done).stdout).toMatch(/^from the application\n/)
    const json = start(['worker', '--json'])
    await json.until(/started/)
    json.process.kill('SIGTERM')
    const lines = (await json.done).stdout.trimEnd().split('\n')
    expect(lines.map((line) => Object.keys(JSON.parse(line)))).toEqual([['started'], ['stopped']])
  })
})

describe('a password in a URL', () => {
  it.each([
    ['where the option was forgotten', ['migrate', 'postgres://shop:geheim@127.0.0.1:1/shop']],
    [
      'with what does not belong there',
      ['migrate', '--database', 'postgres://shop:ge/h@eim@127.0.0.1:x/shop'],
    ],
    ['of a server that is not there', ['migrate', '--database', 'postgres://shop:geheim@127.0.0.1:1/shop']],
    ['of an application', ['listen', '--forward', 'http//shop:geheim@localhost']],
  ])('is not printed %s', async (_, args) => {
    const { run } = testProject()
    for (const more of [[], ['--json']]) {
      const { code, stdout, stderr } = await run([...args, ...more])
      expect(code).toBeGreaterThan(0)
      expect(`${stdout}${stderr}`).not.toMatch(/geheim|h@eim|ge\/h/)
    }
  })
})

it('prints JSON alone with --json, also where no command is named', async () => {
  const { run } = testProject()
  for (const args of [['hooks', '--json'], ['--json']]) {
    const { code, stdout, stderr } = await run(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'usage' } })
  }
})

describe('Ctrl-C', () => {
  it.each([['worker'], ['deliveries'], ['deliveries', '--follow'], LISTEN])(
    'ends `%s %s` while the hooks file hangs',
    async (...args) => {
      const { start } = testProject({
        'hooks.ts': `${EMPTY_HOOKS}\nsetInterval(() => {}, 1_000)\nprocess.stderr.write('loading')\nawait new Promise(() => {})`,
      })
      const running = start(args.filter((arg) => arg !== undefined))
      await running.until(/loading/)
      running.process.kill('SIGINT')
      expect(await running.done).toMatchObject({ code: 130, signal: null, stdout: '' })
    },
  )

  it('ends a worker whose database takes the connection and says nothing', async () => {
    const server = createServer(() => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as { port: number }
    const project = testProject({
      'hooks.ts': EMPTY_HOOKS.replace("sqlite('shop.db')", `postgres('postgres://127.0.0.1:${port}/shop')`)
        .replace('{ sqlite }', '{ postgres }')
        .replace('/sqlite', '/postgres'),
    })
    const connected = new Promise((resolve) => server.once('connection', resolve))
    const running = project.start(['worker', '--stop-within', '1s'])
    await connected
    running.process.kill('SIGINT')
    const began = performance.now()
    await running.done
    expect(performance.now() - began).toBeLessThan(15_000)
  })

  it('counts once where it comes twice at once, as with programs that hand it on to a child', async () => {
    const { start } = await shop(
      'const stop = hooks.stop\nhooks.stop = async () => { await new Promise((done) => setTimeout(done, 300)); await stop.call(hooks) }',
    )
    const running = start(['worker'])
    await running.until(/Delivering/)
    running.process.kill('SIGINT')
    setTimeout(() => running.process.kill('SIGINT'), 50)
    expect(await running.done).toMatchObject({ code: 0, stdout: expect.stringContaining('Stopped.') })
  })
})

describe('the temporary hook of listen', () => {
  it('is none of those that are there, and these stay', async () => {
    const { start, hooks } = await shop()
    const free = start(['listen', '--port', '0'])
    const [, port = ''] = await free.until(/127\.0\.0\.1:(\d+)/)
    free.process.kill('SIGINT')
    await free.done
    const mine = await hooks.create({
      owner: 1,
      event: 'user.logged_in',
      target: `http://127.0.0.1:${port}/`,
    })
    const running = start([...LISTEN, '--port', port])
    await running.until(/until Ctrl-C/)
    running.process.kill('SIGINT')
    await running.done
    expect(await hooks.list()).toMatchObject([{ id: mine.id }])
  })

  it.each([
    ['throws', "throw new Error('the shop is broken')"],
    ['rejects', "void Promise.reject(new Error('the shop is broken'))"],
  ])('is deleted where the application %s and nobody catches it', async (_, fault) => {
    const { start, hooks } = await shop(`process.once('SIGUSR2', () => { ${fault} })`)
    const running = start(LISTEN)
    await running.until(/until Ctrl-C/)
    running.process.kill('SIGUSR2')
    const { code, stderr } = await running.done
    expect(code).toBe(1)
    expect(stderr).toContain('the shop is broken')
    expect(await hooks.list()).toEqual([])
  })

  it('is deleted at Ctrl-C although the application does not answer, and --deliver waits for it', async () => {
    const { start, hooks } = await shop()
    const silent = createServer(() => {})
    const asked = new Promise((resolve) => silent.once('connection', resolve))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void silent.close())
    const { port } = silent.address() as { port: number }
    const running = start([...LISTEN, '--deliver', '--forward', `http://127.0.0.1:${port}/`])
    await running.until(/until Ctrl-C/)
    await hooks.send('user.logged_in', {}, { owner: 1 })
    await asked
    running.process.kill('SIGINT')
    await vi.waitFor(async () => expect(await hooks.list()).toEqual([]), { timeout: 3_000 })
  })

  const script = spawnSync('script', ['--version']).stdout?.toString().includes('util-linux') === true
  if (!script) console.warn('skipped: a terminal that is closed (there is no `script` of util-linux)')

  it.skipIf(!script)('is deleted when the terminal is closed', async () => {
    const { folder, hooks } = await shop()
    const line = `${process.execPath} ${program} ${LISTEN.join(' ')}`
    const terminal = spawn('script', ['-qec', line, '/dev/null'], { cwd: folder, timeout: 30_000 })
    await vi.waitFor(async () => expect(await hooks.list()).toHaveLength(1), { timeout: 20_000 })
    terminal.kill('SIGKILL')
    await vi.waitFor(async () => expect(await hooks.list()).toEqual([]), { timeout: 10_000 })
  })
})
