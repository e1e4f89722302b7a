/**
 * Runs the tests that need a newer Node than the one the packages support: those about @ai-sdk/mcp and those with the
 * official conformance suite, which need Node 22. They are left out of `npm test` where the running Node is older.
 *
 *   MCP_TETHER_NEWER_NODE=/path/to/node npm run test:newer-node
 *
 * Without the variable it uses the running Node if that is new enough, and otherwise says so and succeeds; it fails
 * instead where MCP_TETHER_REQUIRE names `newer-node`. Exits with the test runner's code.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isRequired } from './required.js'

const oldest = 22

/** The test files with such parts, and what those parts have in their names. */
const files = [
  'test/survival',
  'test/transparency.test.ts',
  'test/conformance.test.ts',
  'test/server-conformance.test.ts',
  'test/replicas.test.ts',
  'test/replicas-killed.test.ts',
]
const namePattern = 'ai-sdk|conformance suite'

process.exitCode = run()

function run() {
  const node = process.env.MCP_TETHER_NEWER_NODE ?? (majorOf(process.version) >= oldest ? process.execPath : undefined)
  if (node === undefined) {
    const missing = `no Node ${oldest} or newer: set MCP_TETHER_NEWER_NODE to its binary`
    if (isRequired('newer-node')) return failure(missing)
    console.log(`Left out the tests that need a newer Node: ${missing}.`)
    return 0
  }
  let version
  try {
    version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  } catch (error) {
    return failure(`MCP_TETHER_NEWER_NODE (${node}) can't be run: ${error.message}`)
  }
  if (majorOf(version) < oldest) return failure(`MCP_TETHER_NEWER_NODE is Node ${version}, expected ${oldest} or newer`)
  console.log(`Node ${version}: the tests named “${namePattern}”`)
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
  const { status } = spawnSync(node, [vitest, 'run', ...files, '-t', namePattern, ...process.argv.slice(2)], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
  })
  return status ?? 1
}

function majorOf(version) {
  return Number(/^v(\d+)/.exec(version)?.[1])
}

function failure(message) {
  console.error(`run-with-newer-node: ${message}.`)
  return 1
}
