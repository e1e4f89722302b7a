#!/usr/bin/env node
// npm links no bin whose file is absent at install time, and dist/ is built after it: this file is always there.
import { existsSync } from 'node:fs'

const entry = new URL('../dist/bundle/main.js', import.meta.url)
if (existsSync(entry)) {
  await import(entry.href)
} else {
  process.stderr.write('mcp-tether: this checkout is not built yet. Run "npm run build" in its root, then try again.\n')
  process.exitCode = 1
}
