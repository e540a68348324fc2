import { deliveries } from './commands/deliveries.ts'
import { doctor } from './commands/doctor.ts'
import { events } from './commands/events.ts'
import { hooksDisable, hooksEnable, hooksRotateSecret, hooksTest } from './commands/hooks-change.ts'
import { hooksCreate } from './commands/hooks-create.ts'
import { hooksDelete } from './commands/hooks-delete.ts'
import { hooksList } from './commands/hooks-list.ts'
import { hooksShow } from './commands/hooks-show.ts'
import { init } from './commands/init.ts'
import { listen } from './commands/listen.ts'
import { migrate } from './commands/migrate.ts'
import { openapi } from './commands/openapi.ts'
import { portal } from './commands/portal.ts'
import { prune } from './commands/prune.ts'
import { reencrypt } from './commands/reencrypt.ts'
import { replay } from './commands/replay.ts'
import { retry } from './commands/retry.ts'
import { send } from './commands/send.ts'
import { trigger } from './commands/trigger.ts'
import { worker } from './commands/worker.ts'
import type { Section } from './help.ts'

/** What `hookwright` can do, as its overview shows it. */
export const sections: readonly Section[] = [
  { title: 'Set up and run', commands: [init, migrate, worker, doctor] },
  { title: 'Look', commands: [events, deliveries, listen] },
  {
    title: 'Hooks',
    commands: [
      hooksList,
      hooksShow,
      hooksCreate,
      hooksDelete,
      hooksEnable,
      hooksDisable,
      hooksRotateSecret,
      hooksTest,
    ],
  },
  { title: 'Send', commands: [send, trigger, retry, replay] },
  { title: 'Beside that', commands: [openapi, portal, prune, reencrypt] },
]
