import { type ReactNode, useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { config } from '../api/config.ts'
import { Announcements } from './announce.tsx'
import { useCaller, Who } from './caller.tsx'
import { Navigation } from './navigation.tsx'
import { OwnerFilter } from './owner-filter.tsx'
import { ThemeSwitch } from './theme-switch.tsx'

/** What is around every page: where one can go, who one is, and how it looks. */
export function Shell({ children }: { children: ReactNode }) {
  const { admin } = useCaller()
  const [open, setOpen] = useState(false)
  const [path] = useLocation()
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever has gone somewhere needs the menu no longer
  useEffect(() => setOpen(false), [path])
  return (
    <div className="shell">
      {/* biome-ignore lint/a11y/useValidAnchor: a fragment would be resolved against <base>, so it is followed by hand */}
      <a
        className="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault()
          document.getElementById('content')?.focus()
        }}
      >
        Skip to content
      </a>
      <header className="side" data-open={open || undefined}>
        <div className="brand">
          <p className="brand-title">{config.title}</p>
          <button
            type="button"
            className="button quiet menu-button"
            aria-expanded={open}
            aria-controls="menu"
            onClick={() => setOpen(!open)}
          >
            {open ? 'Close' : 'Menu'}
          </button>
        </div>
        <div className="side-menu" id="menu">
          {admin && <OwnerFilter />}
          <Navigation />
          <div className="side-foot">
            <Who />
            <ThemeSwitch />
          </div>
        </div>
      </header>
      <main className="content" id="content" tabIndex={-1}>
        {children}
      </main>
      <Announcements />
    </div>
  )
}
