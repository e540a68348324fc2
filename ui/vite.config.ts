import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  base: './',
  build: {
    target: 'es2022',
    // Vite's own loader of styles and chunks would add elements that the page's policy refuses.
    cssCodeSplit: false,
    modulePreload: false,
  },
})
