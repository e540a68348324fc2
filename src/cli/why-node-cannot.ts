/**
 * Why Node cannot run a hooks file that a loader perhaps can: a sentence. Undefined where a loader would not help.
 *
 * Node strips types, and does no more. Whatever is wrong with syntax or with paths of imports is found before any code of the
 * file runs, so that nothing has been done when it is run again.
 */
export function whyNodeCannot(file: string, error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, message } = error as Error & { code?: string }
  // What is JavaScript, and imports JavaScript, is no better off.
  if (!/\.[cm]?tsx?\b/.test(file) && !/\.[cm]?[jt]sx\b|\.[cm]?ts\b/.test(message)) return undefined
  // Errors of syntax have their place at the top of the stack, before the error itself.
  const [, place] = /^(?:file:\/\/)?(\S.*:\d+)\n/.exec(error.stack ?? '') ?? []
  const what = `${message.split('\n')[0]?.replace(/\.$/, '')}${place === undefined ? '' : ` (${place})`}.`
  switch (code) {
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX':
      return `Node strips types, and does no more: ${what}`
    case 'ERR_INVALID_TYPESCRIPT_SYNTAX':
      return `Node cannot read its TypeScript: ${what}`
    case 'ERR_UNKNOWN_FILE_EXTENSION':
      return `Node runs no JSX: ${what}`
    case 'ERR_UNSUPPORTED_DIR_IMPORT':
      return `an import names a folder, which TypeScript allows and Node does not: ${what}`
    case 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING':
      return `a package ships TypeScript: ${what}`
    case 'ERR_MODULE_NOT_FOUND':
    case 'MODULE_NOT_FOUND':
      return /Cannot find module/.test(message)
        ? `an import names a file without its extension, or with that of JavaScript; Node wants the file's own: ${what}`
        : `an import is a path alias of tsconfig.json, which Node does not know, or a package that is not installed: ${what}`
  }
  // What code throws that ran, as JSON.parse does, is not for a loader: Node's own comes from inside it.
  const [, thrower = ''] = /^\s+at (.*)$/m.exec(error.stack ?? '') ?? []
  if (!(error instanceof SyntaxError) || !thrower.includes('node:internal')) return undefined
  if (/does not provide an export named/.test(message))
    return `a type is imported without the word \`type\`: ${what}`
  return `it has syntax that Node cannot run, such as decorators: ${what}`
}
