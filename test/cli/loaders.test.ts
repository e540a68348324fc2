import { describe, expect, it } from 'vitest'
import { EMPTY_HOOKS, type Project, testProject } from './project.ts'

/** What Node cannot run by itself, each as the files that need it. */
const NEEDY: readonly (readonly [what: string, files: Readonly<Record<string, string>>, why: RegExp])[] = [
  [
    'an enum',
    {
      'src/color.ts': "export enum Color { Red = 'red' }",
      ...using("import { Color } from './color.ts'", 'Color.Red'),
    },
    /enum is not supported.*color\.ts:1/,
  ],
  [
    'decorators',
    {
      'src/entity.ts': `function Entity(): any { return (made: any) => { made.table = 'red' } }\n@Entity()\nexport class Book { static table: string }`,
      ...using("import { Book } from './entity.ts'", 'Book.table'),
    },
    /such as decorators/,
  ],
  [
    'an import without an extension',
    { 'src/color.ts': "export const red = 'red'", ...using("import { red } from './color'", 'red') },
    /file without its extension/,
  ],
  [
    'an import of .js that is .ts',
    { 'src/color.ts': "export const red = 'red'", ...using("import { red } from './color.js'", 'red') },
    /with that of JavaScript/,
  ],
  [
    'an import of a folder',
    { 'src/color/index.ts': "export const red = 'red'", ...using("import { red } from './color'", 'red') },
    /names a folder/,
  ],
  [
    'a path alias',
    { 'src/color.ts': "export const red = 'red'", ...using("import { red } from '@/color'", 'red') },
    /path alias of tsconfig\.json/,
  ],
  [
    'a type imported as a value',
    {
      'src/color.ts': "export interface Shade { red: string }\nexport const red = 'red'",
      ...using("import { red, Shade } from './color.ts'\nexport const shade: Shade = { red }", 'red'),
    },
    /without the word `type`/,
  ],
  [
    'JSX',
    {
      'src/mail.tsx': "const React = { createElement: () => 'red' }\nexport const red = <a />",
      ...using("import { red } from './mail.tsx'", 'red'),
    },
    /Node runs no JSX/,
  ],
]

function using(imports: string, value: string): Record<string, string> {
  return {
    'src/hooks.ts': `${imports}\n${EMPTY_HOOKS.replace("'user.logged_in'", `['color.' + ${value}]`)}`,
    'tsconfig.json': `{
      // As an application has it.
      "compilerOptions": { "target": "es2022", "experimentalDecorators": true, "baseUrl": ".", "paths": { "@/*": ["./src/*"] } }
    }`,
  }
}

describe('a hooks file with what Node cannot run', () => {
  it.each(NEEDY)('runs by the loader of the project: %s', async (_, files) => {
    const project = testProject(files)
    project.link('tsx')
    const { code, stdout, stderr } = await project.run(['events'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('color.red')
  })

  it.each(NEEDY)('is refused without one, with the reason and the cure: %s', async (_, files, why) => {
    const { code, stdout, stderr } = await testProject(files).run(['events'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(why)
    expect(stderr).toContain('npm install --save-dev tsx')
  })
})

describe('the program that begins anew with a loader', () => {
  const enumProject = (): Project => {
    const project = testProject({ ...NEEDY[0]?.[1], 'other/x': '' })
    project.link('tsx')
    return project
  }

  it('keeps its arguments, its input, its exit code and its process', async () => {
    const project = enumProject()
    await project.run(['migrate'])
    const sent = project.start(['send', 'color.red', '-', '--owner', '1', '--json'], { input: '{"a":1}' })
    expect(await sent.done).toMatchObject({ code: 0, stderr: '' })
    expect(await project.run(['send', 'color.blue', '--owner', '1'])).toMatchObject({ code: 1 })
    const worker = project.start(['worker', '--json'])
    await expect.poll(() => worker.written.stdout, { timeout: 20_000 }).toContain('started')
    expect(JSON.parse(worker.written.stdout)).toMatchObject({ started: { pid: worker.process.pid } })
    worker.process.kill('SIGTERM')
    expect(await worker.done).toMatchObject({ code: 0, signal: null })
  })

  it('finds the aliases of the project wherever it runs', async () => {
    const [, files] = NEEDY.find(([what]) => what === 'a path alias') ?? []
    const below = Object.entries(files ?? {}).map(([file, text]) => [`shop/${file}`, text])
    const project = testProject({ ...Object.fromEntries(below), 'other/package.json': '{}' })
    project.link('tsx')
    const { code, stdout } = await project.run(['events', '--hooks', '../shop/src/hooks.ts'], {
      cwd: 'other',
    })
    expect(code).toBe(0)
    expect(stdout).toContain('color.red')
  })

  it('tells what is wrong where a loader does not help either', async () => {
    const project = testProject({ 'src/hooks.ts': `import 'no-such-package'\n${EMPTY_HOOKS}` })
    project.link('tsx')
    const { code, stderr } = await project.run(['events'])
    expect(code).toBe(1)
    expect(stderr).toContain('no-such-package')
    expect(stderr).not.toContain('npm install --save-dev tsx')
  })

  it('is not asked for by JavaScript', async () => {
    const project = testProject({ 'src/hooks.js': `import 'no-such-package'\n${EMPTY_HOOKS}` })
    const { code, stderr } = await project.run(['events'])
    expect(code).toBe(1)
    expect(stderr).toContain("Cannot find package 'no-such-package'")
    expect(stderr).not.toContain('tsx')
  })
})
