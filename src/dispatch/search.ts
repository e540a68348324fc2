/** Finds many texts in another at once. */
export interface Search {
  /**
   * @param found told of each part that consists of such texts, from its beginning to before its end; those that overlap come
   * as one
   * @returns how much of one of them stands at the end of the text: that of which there is most
   */
  scan(text: string, found?: (from: number, to: number) => void): number
}

/**
 * Makes a search for some texts, in the way of Aho and Corasick: it takes as long for a thousand texts as for one, whatever
 * they are. One by one, texts that are much alike would take the product of their lengths and their number, and whoever owns a
 * hook chooses both them and what they are looked for in.
 *
 * @param wanted none of them is empty
 */
export function searchFor(wanted: readonly string[]): Search {
  /** A node stands for the beginning of a text; the first for that of all. An edge leads to one that is a character longer. */
  const edges = new Map<number, number>()
  const depths = [0]
  /** How long the longest text is that ends in a node; 0 for none. */
  const lengths = [0]
  const nodes: { parent: number; code: number; node: number }[] = []
  for (const text of wanted) {
    let node = 0
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index)
      const known = edges.get(edge(node, code))
      if (known === undefined) {
        nodes.push({ parent: node, code, node: depths.length })
        edges.set(edge(node, code), depths.length)
        node = depths.length
        depths.push(index + 1)
        lengths.push(0)
      } else node = known
    }
    lengths[node] = text.length
  }
  /** Where to go on if a node has no edge: to the longest other beginning that it ends with. */
  const others = new Array<number>(depths.length).fill(0)
  const after = (from: number, code: number): number => {
    let node = from
    for (;;) {
      const next = edges.get(edge(node, code))
      if (next !== undefined) return next
      if (node === 0) return 0
      node = others[node] ?? 0
    }
  }
  nodes.sort((a, b) => (depths[a.node] ?? 0) - (depths[b.node] ?? 0))
  for (const { parent, code, node } of nodes) {
    const other = parent === 0 ? 0 : after(others[parent] ?? 0, code)
    others[node] = other
    lengths[node] = Math.max(lengths[node] ?? 0, lengths[other] ?? 0)
  }

  return {
    scan(text, found) {
      let node = 0
      let [from, to] = [0, -1]
      for (let index = 0; index < text.length; index += 1) {
        node = after(node, text.charCodeAt(index))
        const length = lengths[node] ?? 0
        if (length === 0) continue
        const begin = index + 1 - length
        if (begin > to) {
          if (to >= 0) found?.(from, to)
          from = begin
        } else from = Math.min(from, begin)
        to = index + 1
      }
      if (to >= 0) found?.(from, to)
      return depths[node] ?? 0
    },
  }
}

/** One number for a node and a character. */
function edge(node: number, code: number): number {
  return node * 0x10000 + code
}
