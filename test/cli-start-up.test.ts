import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const source = resolve(import.meta.dirname, '../packages/cli/src')

/** Imports that are made at once. `import type` leaves nothing behind; `import()` waits until it is wanted. */
const importPattern = /(?:^|\n)\s*(?:import|export)\s+(?!type\b)(?:[^'"`;]*?from\s*)?'([^']+)'/g

/** What a module loads at once, and what that loads: our files, and the packages of others. */
function loadedBy(entry: string): { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> } {
  const files = new Set<string>()
  const packages = new Set<string>()
  const visit = (file: string): void => {
    if (files.has(file)) return
    files.add(file)
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(importPattern)) {
      if (target.startsWith('.')) visit(join(dirname(file), target.replace(/\.js$/, '.ts')))
      else if (!target.startsWith('node:')) packages.add(target)
    }
  }
  visit(join(source, entry))
  return { files, packages }
}

it('the bridge starts with the packages that every bridge uses, and no others', () => {
  const { files, packages } = loadedBy('main.ts')
  expect(files.size).toBeGreaterThan(50)
  expect([...packages].sort()).toEqual(['@mcp-tether/client', '@mcp-tether/client/internal', 'commander', 'picocolors'])
})

it('what is loaded on demand is found by the same search', () => {
  expect([...loadedBy('log/json-sink.ts').packages]).toEqual(['pino'])
  expect([...loadedBy('log/log-file.ts').packages]).toEqual(['pino'])
})
