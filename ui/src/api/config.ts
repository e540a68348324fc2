/** What the server writes into the page. */
export interface PageConfig {
  title: string
  /** Where people sign in; null where the application does not say. */
  signInUrl: string | null
  version: string
  signature: SignatureNames
}

/** The names of the three headers that sign a delivery. */
export interface SignatureNames {
  id: string
  timestamp: string
  signature: string
}

const DEFAULTS: PageConfig = {
  title: 'Webhooks',
  signInUrl: null,
  version: '',
  signature: { id: 'webhook-id', timestamp: 'webhook-timestamp', signature: 'webhook-signature' },
}

export const config: PageConfig = readConfig(document.getElementById('hookwright-config')?.textContent)

function readConfig(text: string | null | undefined): PageConfig {
  try {
    return { ...DEFAULTS, ...(JSON.parse(text ?? '{}') as Partial<PageConfig>) }
  } catch {
    return DEFAULTS
  }
}
