import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError } from '../command.ts'

/** The files of a project that tell what it is made of. */
export interface Project {
  readonly folder: string
  readonly packages: ReadonlySet<string>
  /** `"type": "module"`. */
  readonly isModule: boolean
  /** The text of a file; undefined where there is none. */
  read(...path: string[]): string | undefined
  has(...path: string[]): boolean
  hasFolder(...path: string[]): boolean
  /** The first of these files that there is, as text. */
  readFirst(paths: readonly string[]): string | undefined
  /** All files of a folder with this ending, as one text. */
  readAll(folder: string, ending: string): string
}

/** @throws CommandError `package_json_missing`, `package_json_invalid` */
export function openProject(folder: string): Project {
  const read = (...path: string[]) => {
    const file = join(folder, ...path)
    return statSync(file, { throwIfNoEntry: false })?.isFile() === true
      ? readFileSync(file, 'utf8')
      : undefined
  }
  const hasFolder = (...path: string[]) =>
    statSync(join(folder, ...path), { throwIfNoEntry: false })?.isDirectory() === true
  const { packages, isModule } = readPackage(read('package.json'), folder)
  return {
    folder,
    packages,
    isModule,
    read,
    has: (...path) => existsSync(join(folder, ...path)),
    hasFolder,
    readFirst: (paths) => paths.map((path) => read(path)).find((text) => text !== undefined),
    readAll: (inner, ending) =>
      hasFolder(inner)
        ? readdirSync(join(folder, inner), { recursive: true, encoding: 'utf8' })
            .filter((name) => name.endsWith(ending))
            .map((name) => read(inner, name) ?? '')
            .join('\n')
        : '',
  }
}

function readPackage(text: string | undefined, folder: string): Pick<Project, 'packages' | 'isModule'> {
  if (text === undefined) {
    const message = `There is no package.json in ${folder}. Run it in the folder of your project, or name that: --dir <folder>.`
    throw new CommandError('package_json_missing', message)
  }
  try {
    const { dependencies, devDependencies, type } = JSON.parse(text) as Record<string, unknown>
    return {
      packages: new Set([...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {})]),
      isModule: type === 'module',
    }
  } catch (cause) {
    throw new CommandError(
      'package_json_invalid',
      `${join(folder, 'package.json')} is no JSON: ${String(cause)}`,
      {
        cause,
      },
    )
  }
}
