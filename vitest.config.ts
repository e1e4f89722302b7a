import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Bridges that tests start keep out of the sign-ins and the state files of whoever runs the tests.
const home = mkdtempSync(join(tmpdir(), 'mcp-tether-tests-'))
process.once('exit', () => {
  rmSync(home, { recursive: true, force: true })
})

export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'test/**/*.test.ts',
      'examples/*/src/**/*.test.ts',
      'bench/src/**/*.test.ts',
      'simulation/src/**/*.test.ts',
      'kill-test/src/**/*.test.ts',
    ],
    // Of the tests that say that they are concurrent: they wait, most of the time.
    maxConcurrency: 16,
    env: { MCP_TETHER_HOME: home },
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
