import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'

interface DialogProps {
  title: string
  onClose: () => void
  children: ReactNode
  /** False where what it shows would be lost by a stray Escape. */
  closable?: boolean
  wide?: boolean
}

/** A modal dialog. The browser keeps the focus in it, and gives it back to where it was. */
export function Dialog({ title, onClose, children, closable = true, wide = false }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useLayoutEffect(() => {
    const element = dialog.current
    if (element === null) return
    const before = document.activeElement
    element.showModal()
    return () => {
      element.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      className={wide ? 'dialog wide' : 'dialog'}
      aria-labelledby={id}
      // What Escape would lose is not closed by it. React does not know the attribute yet, and browsers not all.
      {...{ closedby: closable ? 'closerequest' : 'none' }}
      onClose={({ currentTarget }) => {
        if (currentTarget.open) return
        if (closable) onClose()
        else currentTarget.showModal()
      }}
      onCancel={(event) => {
        event.preventDefault()
        if (closable) onClose()
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  )
}
