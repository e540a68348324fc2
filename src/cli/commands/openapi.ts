import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from '../command.ts'
import { escapeJson } from '../escape.ts'
import { textOf } from '../values.ts'

export const openapi: Command = {
  name: 'openapi',
  summary: 'Describe the REST API and what subscribers get, as OpenAPI 3.1',
  usage: 'hookwright openapi [--server <url>] [--out <file>]',
  examples: [
    ['hookwright openapi --server /api/hooks --out hooks.openapi.json', 'Write it into a file'],
    ["hookwright openapi | jq '.webhooks | keys'", 'Look into it'],
  ],
  options: {
    server: {
      type: 'string',
      placeholder: '<url>',
      help: 'Where the API is mounted, a path or a whole URL; / unless told',
    },
    out: { type: 'string', placeholder: '<file>', help: 'Where to write it instead of stdout' },
  },
  async run({ values, out, cwd, loadHooks }) {
    const { hooks } = await loadHooks()
    const server = textOf(values, 'server')
    const document = await hooks.openapi(server === undefined ? {} : { server })
    const json = `${escapeJson(document, 2)}\n`
    const file = textOf(values, 'out')
    if (file === undefined) out.raw(json)
    else {
      await writeFile(resolve(cwd, file), json)
      out.print({ file: resolve(cwd, file) }, () => `Wrote ${out.escape(file)}.`)
    }
    return 0
  },
}
