import { csharp } from './csharp.ts'
import { go } from './go.ts'
import { hookwright } from './hookwright.ts'
import { java } from './java.ts'
import { node } from './node.ts'
import { php } from './php.ts'
import { python } from './python.ts'
import { ruby } from './ruby.ts'
import type { Snippet } from './snippet.ts'
import { standardwebhooks } from './standardwebhooks.ts'

export const snippets: readonly Snippet[] = [
  hookwright,
  standardwebhooks,
  node,
  python,
  go,
  ruby,
  php,
  java,
  csharp,
]
