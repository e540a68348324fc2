import { QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'
import { Router } from 'wouter'
import { createQueryClient } from '../api/query-client.ts'
import { Gate } from './gate.tsx'
import { Routes } from './routes.tsx'
import { Shell } from './shell.tsx'

/** Where the dashboard is mounted, as the page says by its <base>. */
const BASE = new URL(document.baseURI).pathname.replace(/\/$/, '')

export function App() {
  const [client] = useState(createQueryClient)
  return (
    <QueryClientProvider client={client}>
      <Router base={BASE}>
        <Gate>
          <Shell>
            <Routes />
          </Shell>
        </Gate>
      </Router>
    </QueryClientProvider>
  )
}
