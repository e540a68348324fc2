import { CopyButton } from './copy-button.tsx'
import { visible } from './visible-text.ts'

interface CodeProps {
  text: string
  /** What it is, for those who hear it. */
  label: string
  copy?: boolean
}

/** A block of text from wherever: shown, never run; long lines and many of them scroll inside. */
export function Code({ text, label, copy = true }: CodeProps) {
  return (
    <div className="code">
      {copy && <CopyButton text={text} what={`Copy ${label.toLowerCase()}`} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className="code-box" tabIndex={0} aria-label={label}>
        <pre>
          <code>{visible(text)}</code>
        </pre>
      </section>
    </div>
  )
}
