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
const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
