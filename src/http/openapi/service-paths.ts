import { answers, BOOLEAN, json, listOf, objectOf, STRING, TEXT_OR_NULL, TIME_OR_NULL } from './parts.ts'
import type { PathItem } from './types.ts'

/** What load balancers ask, and nobody need be known for; and what a client asks of itself. */
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
  '/me/': {
    get: {
      operationId: 'me',
      tags: ['Service'],
      summary: 'See who you are here',
      responses: answers({
        '200': json(
          'You.',
          objectOf({
            owner: {
              ...TEXT_OR_NULL,
              description: 'Whose hooks are yours; null for an administrator without any.',
            },
            admin: { ...BOOLEAN, description: 'Whether you act for every owner.' },
            read_only: { ...BOOLEAN, description: 'Whether you only look.' },
            portal: { ...BOOLEAN, description: 'Whether you have come by a portal link.' },
            expires: { ...TIME_OR_NULL, description: 'When that ends.' },
          }),
        ),
      }),
    },
  },
}
