import { createRoot } from 'react-dom/client'
import './main.css'

const root = document.getElementById('root')
if (root !== null) createRoot(root).render('hookwright')
