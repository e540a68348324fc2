import { type LinkSays, readFragment } from './fragment.ts'
import { kept } from './storage.ts'

/** Of this mount alone, which is another's than that of its neighbour; and a page in a frame opens nothing for the tab. */
const place = `${window.top === window ? 'tab' : 'frame'} ${new URL('.', document.baseURI).pathname}`

const token = kept(() => sessionStorage, `hookwright-token ${place}`)

/** The token of a portal link; null for a caller who is known by cookies. */
export const sessionToken = (): string | null => token.get()

/** Takes the token out of the address, where it might be copied or seen, and keeps it for this tab. */
export function takeFragment(): LinkSays {
  const said = readFragment(location.hash)
  if (said.token === null && said.theme === null) return said
  if (said.token !== null) token.set(said.token)
  // Whole: a path that begins with two slashes would be another host.
  history.replaceState(history.state, '', location.href.split('#', 1)[0])
  return said
}
