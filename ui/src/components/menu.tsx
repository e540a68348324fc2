import { type ReactNode, useCallback, useEffect, useId, useRef, useState } from 'react'
import { Button } from './button.tsx'

/** More buttons, behind one. */
export function Menu({ label, children }: { label: string; children: ReactNode }) {
  const [open, setOpen] = useState(false)
  const menu = useRef<HTMLDivElement>(null)
  const id = useId()

  /** The focus goes where it can come back to: what was chosen is not seen any more. */
  const close = useCallback(() => {
    setOpen(false)
    menu.current?.querySelector('button')?.focus()
  }, [])

  useEffect(() => {
    if (!open) return
    const onPointer = (event: PointerEvent) => {
      if (!menu.current?.contains(event.target as Node)) setOpen(false)
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      close()
    }
    document.addEventListener('pointerdown', onPointer)
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('pointerdown', onPointer)
      document.removeEventListener('keydown', onKey)
    }
  }, [open, close])

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears that the focus has left its buttons
    <div
      className="menu"
      ref={menu}
      onBlur={(event) => {
        if (event.relatedTarget !== null && !menu.current?.contains(event.relatedTarget)) setOpen(false)
      }}
    >
      <Button aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        {label}
        <span className="caret" aria-hidden="true" />
      </Button>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: its buttons have the keys; this hears of them */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: likewise */}
      <div id={id} className="menu-items" hidden={!open} onClick={close}>
        {children}
      </div>
    </div>
  )
}
