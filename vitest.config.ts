import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'test/**/*.test.ts',
      'examples/*/src/**/*.test.ts',
      'bench/src/**/*.test.ts',
      'simulation/src/**/*.test.ts',
    ],
    // Of the tests that say that they are concurrent: they wait, most of the time.
    maxConcurrency: 16,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
