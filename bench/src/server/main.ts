import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitCodeOf, type Finding } from '../finding.js'
import { tableOf } from '../table.js'
import { openStore } from './open-store.js'
import { help, readOptions, type Options } from './options.js'
import { measureReCreation } from './re-creation.js'
import { countRoundTrips } from './round-trips.js'
import { measureStorage } from './storage.js'
import { measureThroughput } from './throughput.js'

async function run({ store, only, pairs, sessions, json, strict }: Options): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tether-bench-'))
  const where = store === 'redis' ? (process.env.REDIS_URL ?? 'redis://127.0.0.1:6379') : directory
  const measure = {
    'round-trips': countRoundTrips,
    throughput: () => measureThroughput([store, where], pairs),
    async 're-creation'() {
      const opened = await openStore(store, where)
      try {
        return await measureReCreation(opened, pairs)
      } finally {
        await opened.close()
      }
    },
    storage: () => (store === 'lmdb' ? measureStorage(sessions) : Promise.resolve([])),
  }
  const findings: Finding[] = []
  try {
    for (const part of only) {
      process.stderr.write(`${part} …\n`)
      findings.push(...(await measure[part]()))
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
  process.stdout.write(`${json ? JSON.stringify(findings, null, 2) : tableOf(findings)}\n`)
  process.exitCode = exitCodeOf(findings, strict)
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) process.stdout.write(help)
  else await run(options)
} catch (error) {
  process.stderr.write(`bench:server: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
