import { useState } from 'react'
import { kept } from '../api/storage.ts'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const chosen = kept(() => localStorage, 'hookwright-theme')

const isTheme = (text: string | null): text is Theme => THEMES.includes(text as Theme)

/** @param wanted by the link that led here */
export function startTheme(wanted: string | null): void {
  const theme = isTheme(wanted) ? wanted : chosen.get()
  if (isTheme(theme)) document.documentElement.dataset.theme = theme
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const now = document.documentElement.dataset.theme ?? null
    return isTheme(now) ? now : 'auto'
  })
  return [
    theme,
    (next) => {
      document.documentElement.dataset.theme = next
      chosen.set(next)
      setTheme(next)
    },
  ]
}
