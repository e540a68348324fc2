/**
 * `npm run check`: runs every check, also when one before it has failed, and says at the end which did. Some only:
 * `npm run check -- types imports`.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './entries.ts'

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}
const known = Object.keys(scripts).flatMap((name) =>
  name.startsWith('check:') ? [name.slice('check:'.length)] : [],
)
const wanted = process.argv.slice(2)
for (const name of wanted) {
  if (known.includes(name)) continue
  console.error(`There is no check "${name}". There are: ${known.join(', ')}.`)
  process.exit(2)
}

const results = (wanted.length > 0 ? wanted : known).map((name) => {
  console.log(`\n== check:${name}: ${scripts[`check:${name}`]?.replace(/^.*check-node\.js && /, '')}`)
  const start = performance.now()
  const { status } = spawnSync('npm', ['run', '--silent', `check:${name}`], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  return { name, passed: status === 0, seconds: ((performance.now() - start) / 1000).toFixed(1) }
})

console.log('\n== summary')
for (const { name, passed, seconds } of results)
  console.log(`${passed ? 'passed' : 'FAILED'}  check:${name} (${seconds} s)`)
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1
