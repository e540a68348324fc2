import { type ReactNode, useEffect, useRef } from 'react'
import { config } from '../api/config.ts'

/** Whether the page is the first one of this visit: then the browser has put the focus where it belongs. */
let first = true

interface PageProps {
  title: string
  /** What stands above the title: where one has come from. */
  above?: ReactNode
  /** Shown in place of the title, where that is not text alone. */
  heading?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** A page: its title is the document's, and takes the focus when one has come here from another page. */
export function Page({ title, above, heading, actions, children }: PageProps) {
  const element = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · ${config.title}`
  }, [title])
  useEffect(() => {
    if (!first) {
      element.current?.focus({ preventScroll: true })
      window.scrollTo(0, 0)
    }
    first = false
  }, [])
  return (
    <>
      <header className="page-header">
        {above !== undefined && <p className="above">{above}</p>}
        <div className="page-title">
          <h1 ref={element} tabIndex={-1}>
            {heading ?? title}
          </h1>
          {actions !== undefined && <div className="actions">{actions}</div>}
        </div>
      </header>
      {children}
    </>
  )
}
