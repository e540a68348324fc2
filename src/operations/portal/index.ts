export { reencryptPortalKey } from './key.ts'
export { Portal, type PortalLink, type PortalOptions } from './portal.ts'
export type { PortalGrant } from './token.ts'
