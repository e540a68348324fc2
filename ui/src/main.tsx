import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/shell.css'
import './styles/tables.css'
import './styles/dialogs.css'
import './styles/pages.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { takeFragment } from './api/session.ts'
import { App } from './app/app.tsx'
import { startTheme } from './app/theme.ts'

startTheme(takeFragment().theme)
const element = document.getElementById('root')
if (element !== null) {
  const root = createRoot(element)
  let links = 0
  const render = () =>
    root.render(
      <StrictMode>
        <App key={links} />
      </StrictMode>,
    )
  render()
  // Another link to this page: the browser loads nothing anew. Nothing stays of whom the last one was for.
  addEventListener('hashchange', () => {
    const { token, theme } = takeFragment()
    if (theme !== null) startTheme(theme)
    if (token === null) return
    links += 1
    render()
  })
}
