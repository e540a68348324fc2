import { Segmented } from '../components/segmented.tsx'
import { useTheme } from './theme.ts'

export function ThemeSwitch() {
  const [theme, setTheme] = useTheme()
  return (
    <Segmented
      label="Theme"
      value={theme}
      onChange={setTheme}
      options={[
        ['auto', 'Auto'],
        ['light', 'Light'],
        ['dark', 'Dark'],
      ]}
    />
  )
}
