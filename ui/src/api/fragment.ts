/** What a link to the dashboard says in its fragment, which no server and no log ever sees. */
export interface LinkSays {
  token: string | null
  theme: string | null
}

export function readFragment(hash: string): LinkSays {
  const said = new URLSearchParams(hash.replace(/^#/, ''))
  return { token: said.get('token'), theme: said.get('theme') }
}
