import { messageOf } from '../../core/errors.ts'
import type { Command } from '../command.ts'

export const retry: Command = {
  name: 'retry',
  summary: 'Send deliveries again, at once',
  usage: 'hookwright retry <delivery id>…',
  examples: [['hookwright retry 0192f1c4-…_12', 'One delivery; `hookwright deliveries` shows their ids']],
  options: {},
  positionals: [{ name: 'delivery id', help: 'Deliveries by their ids', required: true, many: true }],
  notes: [
    'A running worker or application makes the attempt. An accidental second call within 5 seconds does nothing.',
  ],
  async run({ positionals, out, loadHooks }) {
    const { hooks } = await loadHooks()
    const results: { id: string; retried: boolean; status?: string; error?: string }[] = []
    for (const id of positionals) {
      try {
        results.push({ id, ...(await hooks.retry(id)) })
      } catch (error) {
        // One that is missing does not keep the others back.
        if (positionals.length === 1) throw error
        results.push({ id, retried: false, error: messageOf(error) })
      }
    }
    out.print(results, () =>
      results
        .map(({ id, retried, status, error }) => {
          if (error !== undefined) return `${out.escape(id)}: ${out.escape(error)}`
          return `${out.escape(id)}: ${retried ? 'is sent again' : `left alone, an attempt is under way or was just asked for (${status})`}`
        })
        .join('\n'),
    )
    return results.some(({ error }) => error !== undefined) ? 1 : 0
  },
}
