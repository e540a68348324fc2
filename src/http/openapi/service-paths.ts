import { json, listOf, objectOf, STRING } from './parts.ts'
import type { PathItem } from './types.ts'

/** What load balancers ask, and nobody need be known for. */
export const servicePaths: Record<string, PathItem> = {
  '/health': {
    get: {
      operationId: 'readiness',
      tags: ['Service'],
      summary: 'See whether deliveries can be made',
      responses: {
        '200': json('They can.', objectOf({ status: { ...STRING, const: 'ok' } })),
        '503': json(
          'They cannot, for these reasons.',
          objectOf({ status: { ...STRING, const: 'unavailable' }, reasons: listOf(STRING) }),
        ),
      },
      security: [],
    },
  },
}
