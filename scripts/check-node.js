/**
 * Runs before every npm script and says in plain words when it is not Node 24 that runs it. Plain, old JavaScript: it has
 * to run on whatever Node there is.
 */
const NEEDED = 24

/**
 * @param {string} version as in `process.versions.node`
 * @param {string} path as in `process.execPath`
 * @returns {string | undefined} what to tell the user, or undefined when all is well
 */
export function explain(version, path) {
  if (Number(version.split('.')[0]) >= NEEDED) return undefined
  return `
hookwright needs Node ${NEEDED} or newer, but this script runs on Node ${version} (${path}).

Node ${NEEDED} comes with "npm ci": the development dependency "node" puts it into node_modules/.bin, which npm
scripts look into first. It is not there, so either "npm ci" has not run yet, or npm was told to run no install
scripts (--ignore-scripts, or ignore-scripts=true in an .npmrc). Any one of these helps:

  npm ci                                    if you have not installed yet
  npm rebuild node --ignore-scripts=false   runs the install script of that one package
  nvm install ${NEEDED}                            or any other way to have Node ${NEEDED} as "node"

npm 12 and newer run only the install scripts that "allowScripts" in package.json names; "node" is named there.
`
}

const complaint = explain(process.versions.node, process.execPath)
if (complaint !== undefined) {
  console.error(complaint)
  process.exitCode = 1
}
