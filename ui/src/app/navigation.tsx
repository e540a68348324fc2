import { useLocation } from 'wouter'
import { Link } from '../components/link.tsx'

const PLACES = [
  ['/', 'Overview'],
  ['/hooks', 'Hooks'],
  ['/deliveries', 'Deliveries'],
  ['/events', 'Events'],
] as const

export function Navigation() {
  const [path] = useLocation()
  return (
    <nav className="navigation" aria-label="Main">
      <ul>
        {PLACES.map(([to, words]) => (
          <li key={to}>
            <Link to={to} current={to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`)}>
              {words}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
