import type { Command } from '../command.ts'
import { flagOf } from '../values.ts'

export const reencrypt: Command = {
  name: 'reencrypt',
  summary: 'Encrypt secrets and headers of all hooks with the newest key',
  usage: 'hookwright reencrypt [--decrypt]',
  examples: [
    ['hookwright reencrypt', "After the first key of your hooks file's `encryptionKey` has changed"],
    ['hookwright reencrypt --decrypt', 'Before the option is taken away'],
  ],
  options: { decrypt: { type: 'boolean', help: 'Write them as plain text' } },
  async run({ values, out, loadHooks }) {
    const { hooks } = await loadHooks()
    const decrypt = flagOf(values, 'decrypt')
    let written = 0
    for (;;) {
      out.progress(`Written so far: ${written} hooks`)
      const { hooks: count, finished } = await hooks.reencrypt({ decrypt, deadlineMs: 5_000 })
      written += count
      if (!finished) continue
      const how = decrypt ? 'as plain text' : 'with the first key'
      out.print({ hooks: written }, () => `Wrote ${written} hooks anew, ${how}. All are as they should be.`)
      return 0
    }
  },
}
