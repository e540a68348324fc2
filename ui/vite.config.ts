import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// How it is built is said by scripts/build-ui.ts.
export default defineConfig({
  plugins: [react()],
  // Browsers that know light-dark(), which would otherwise be taken apart.
  build: { cssTarget: ['chrome123', 'firefox120', 'safari17.5'] },
})
