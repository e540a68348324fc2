import { useState } from 'react'
import { announce } from '../app/announce.tsx'
import { Button } from './button.tsx'

/** @param what is copied, in words: "Copy secret" */
export function CopyButton({ text, label = 'Copy', what }: { text: string; label?: string; what?: string }) {
  const [copied, setCopied] = useState(false)
  async function copy() {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      // Not in this frame, or not over http: the way of old.
      if (!copyByCommand(text)) {
        announce('The browser does not let this page copy. Select the text instead.')
        return
      }
    }
    setCopied(true)
    announce('Copied')
    setTimeout(() => setCopied(false), 2_000)
  }
  return (
    <Button look="quiet" className="copy" onClick={() => void copy()} aria-label={what}>
      {copied ? 'Copied' : label}
    </Button>
  )
}

function copyByCommand(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  const host = document.querySelector('dialog[open]') ?? document.body
  host.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  return done
}
