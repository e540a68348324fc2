import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { EMPTY_HOOKS, program, type Running, testProject } from './project.ts'

const ESCAPE = '\u001b['
const until = (running: Running, stream: 'stdout' | 'stderr', wanted: string | RegExp) =>
  vi.waitFor(() => expect(running.written[stream]).toMatch(wanted), { timeout: 20_000, interval: 20 })

describe('the program', () => {
  it('runs from the source, and tells its version', async () => {
    const source = ['--import', './scripts/source.ts', 'src/cli/main.ts', '--version']
    const { stdout } = await promisify(execFile)(process.execPath, source, { cwd: root })
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('shows what there is, and all about a command with examples, in at most 100 columns', async () => {
    const { run } = testProject()
    const overview = await run([])
    expect(overview).toMatchObject({ code: 0, stderr: '' })
    expect(overview.stdout).toMatch(/^ {2}hooks create +Subscribe a URL/m)
    expect(await run(['help'])).toEqual(overview)
    const help = await run(['help', 'hooks', 'create'])
    expect(help.code).toBe(0)
    expect(help.stdout).toContain('# Two events for one endpoint, with a header')
    expect(await run(['hooks', 'create', '--help'])).toEqual(help)
    const prose = [...overview.stdout.split('\n'), ...help.stdout.split('\n')].filter(
      (line) => !/^ {2}hookwright/.test(line),
    )
    for (const line of prose) expect(line.length, line).toBeLessThanOrEqual(100)
    const group = await run(['hooks'])
    expect(group).toMatchObject({ code: 2, stderr: '' })
    expect(group.stdout).toContain('hooks rotate-secret')
  })

  it('ends with 2 where the command line is wrong, and says what was probably meant', async () => {
    const { run } = testProject()
    expect(await run(['hooks', 'lsit'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'Error: There is no command "hooks lsit". Did you mean `hookwright hooks list`?\n',
    })
    const json = await run(['deliveries', '--sattus', 'failed', '--json'])
    expect(json).toMatchObject({ code: 2, stdout: '' })
    expect(JSON.parse(json.stderr)).toEqual({
      error: { code: 'usage', message: 'deliveries: there is no option --sattus. Did you mean --status?' },
    })
    expect(await run(['replay', '--since', 'yesterday'])).toMatchObject({ code: 2, stdout: '' })
  })

  it('ends with 1 where there is no hooks file, and tells where it has looked', async () => {
    const { run, folder } = testProject()
    const { code, stdout, stderr } = await run(['events'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(folder)
    expect(stderr).toContain('--hooks <file>')
  })

  it('shows where an error in the hooks file comes from', async () => {
    const { run } = testProject({
      'hooks.ts': "// hookwright\nfunction shopOf() { throw new Error('no shop\\u001b[2J') }\nshopOf()",
    })
    const { code, stderr } = await run(['events'])
    expect(code).toBe(1)
    expect(stderr).toContain('no shop\\x1b[2J')
    expect(stderr).toMatch(/at shopOf .*hooks\.ts:2/)
  })

  it('tells the field at fault of an error of the library', async () => {
    const { run } = testProject({
      'hooks.ts': EMPTY_HOOKS.replace("'user.logged_in': null", "a: 'Bok.created'"),
    })
    const { code, stderr } = await run(['events', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'option_invalid', field: expect.stringContaining('a') },
    })
  })

  it('sets variables from --env-file before the hooks file runs, and from nowhere else', async () => {
    const project = testProject({
      'hooks.ts': EMPTY_HOOKS.replace("'user.logged_in'", '[process.env.SHOP_EVENT]'),
      '.env': 'SHOP_EVENT=from.file\n',
    })
    const named = await project.run(['events', '--env-file', '.env'])
    expect(named.stdout).toContain('from.file')
    expect((await project.run(['events'])).stdout).not.toContain('from.file')
    const missing = await project.run(['events', '--env-file', 'none'])
    expect(missing.stdout).toBe('')
    // Node looks for this option itself, wherever it stands, and ends with a code of its own.
    expect(missing.code).toBeGreaterThan(0)
  })

  it('ends although the hooks file keeps something open, and prints all before', async () => {
    const hooks = `${EMPTY_HOOKS}\nsetInterval(() => {}, 1_000)`
    const { run } = testProject({
      'hooks.ts': hooks.replace(
        "'user.logged_in': null",
        "...Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => ['event.number.' + n, null]))",
      ),
    })
    const { code, stdout } = await run(['events', '--json'])
    expect(code).toBe(0)
    expect(stdout.length).toBeGreaterThan(300_000)
    expect(JSON.parse(stdout).length).toBeGreaterThan(3_000)
  })

  it('ends quietly when nobody reads on, with the code of what it has done', async () => {
    const { start } = testProject({
      'hooks.ts': EMPTY_HOOKS.replace(
        "'user.logged_in': null",
        "...Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => ['event.number.' + n, null]))",
      ),
    })
    const running = start(['events', '--json'])
    running.process.stdout?.once('data', () => running.process.stdout?.destroy())
    const { code, signal, stderr } = await running.done
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' })
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('is broken off by %s, with %i', async (signal, code) => {
    const project = testProject({ 'hooks.ts': `${EMPTY_HOOKS}\nprocess.stderr.write('loaded')` })
    const running = project.start(['send', 'user.logged_in', '-', '--owner', '1'], { input: null })
    await until(running, 'stderr', 'loaded')
    running.process.kill(signal)
    expect(await running.done).toMatchObject({ code, signal: null, stdout: '', stderr: 'loaded' })
  })
})

describe('a worker with an attempt under way', () => {
  async function withSlowTarget(...args: string[]) {
    const server = createServer()
    const asked = once(server, 'request')
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const project = testProject({
      'hooks.ts': EMPTY_HOOKS.replace('events:', "allow: ['127.0.0.1/32'], events:"),
    })
    const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    await project.run(['migrate'])
    await project.run(['hooks', 'create', '--owner', '1', '--event', 'user.logged_in', '--target', target])
    await project.run(['send', 'user.logged_in', '{}', '--owner', '1'])
    const worker = project.start(['worker', ...args])
    await asked
    return worker
  }

  it('waits for it no longer than it was told, and then ends with 1', async () => {
    const worker = await withSlowTarget('--stop-within', '0.1s')
    worker.process.kill('SIGTERM')
    expect(await worker.done).toMatchObject({ code: 1, stdout: expect.stringContaining('still under way') })
  })

  it('ends at once at the second signal', async () => {
    const worker = await withSlowTarget()
    worker.process.kill('SIGTERM')
    // It must have seen the first: two at once are one.
    await vi.waitFor(
      () => {
        worker.process.kill('SIGTERM')
        expect(worker.process.exitCode).not.toBeNull()
      },
      { timeout: 5_000, interval: 50 },
    )
    expect(await worker.done).toMatchObject({ code: 143, stdout: expect.not.stringContaining('Stopped') })
  })
})

const script = spawnSync('script', ['--version']).stdout?.toString().includes('util-linux') === true
const required = process.env.HOOKWRIGHT_REQUIRE_SERVICES === '1'
if (!script && !required) console.warn('skipped: the terminal (there is no `script` of util-linux)')

describe.skipIf(!script && !required)('on a terminal', () => {
  /** @param answer typed once the program asks something */
  async function onTerminal(cwd: string, args: string, answer = '', env: object = {}) {
    const child = spawn('script', ['-qec', `${process.execPath} ${program} ${args}`, '/dev/null'], {
      cwd,
      env: { PATH: process.env.PATH, TERM: 'xterm-256color', ...env },
      timeout: 30_000,
    })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (stdout.includes('[y/N]') && !child.stdin.writableEnded) child.stdin.end(answer)
    })
    child.stdin.on('error', () => {})
    const [status] = await once(child, 'close')
    return { status, stdout }
  }

  it('prints in colours, unless NO_COLOR says otherwise; and never into a pipe', async () => {
    const { folder, run } = testProject({ 'hooks.ts': EMPTY_HOOKS })
    expect((await onTerminal(folder, 'events')).stdout).toContain(ESCAPE)
    expect((await onTerminal(folder, 'events --json')).stdout).not.toContain(ESCAPE)
    expect((await onTerminal(folder, 'events', '', { NO_COLOR: '1' })).stdout).not.toContain(ESCAPE)
    expect((await run(['events'])).stdout).not.toContain(ESCAPE)
    expect((await run(['events'], { env: { FORCE_COLOR: '1' } })).stdout).toContain(ESCAPE)
  })

  it('asks before it deletes, and takes only a yes', async () => {
    const project = testProject({ 'hooks.ts': EMPTY_HOOKS })
    await project.run(['migrate'])
    const args = [
      'hooks',
      'create',
      '--owner',
      '1',
      '--event',
      'user.logged_in',
      '--target',
      'https://example.com/a',
    ]
    await project.run(args)
    const no = await onTerminal(project.folder, 'hooks delete 1', 'n\n')
    expect(no.status).toBe(1)
    expect(no.stdout).toContain('Delete hook 1 of 1 (https://example.com/a)? [y/N]')
    expect((await project.run(['hooks', 'show', '1'])).code).toBe(0)
    // Ctrl-C, as the terminal sends it while it is read key by key.
    const interrupted = await onTerminal(project.folder, 'hooks delete 1', '\u0003')
    expect(interrupted.status).toBe(130)
    expect((await project.run(['hooks', 'show', '1'])).code).toBe(0)
    const yes = await onTerminal(project.folder, 'hooks delete 1', 'y\n')
    expect(yes.status).toBe(0)
    expect((await project.run(['hooks', 'show', '1'])).code).toBe(1)
  })
})

it('keeps nothing of a database that it was only asked to describe', async () => {
  const { folder, run } = testProject({ 'hooks.ts': EMPTY_HOOKS })
  await run(['help'])
  await run(['version'])
  expect(existsSync(join(folder, 'shop.db'))).toBe(false)
})
