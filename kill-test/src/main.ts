import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { History } from './judge/history.js'
import { help, readArguments } from './run/arguments.js'
import { killTest } from './run/kill-test.js'

/** So many failures are shown. */
const maxShown = 40
const abort = new AbortController()
let exitCode: number | undefined

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    exitCode = code
    abort.abort()
  })
}

/** @returns the exit code */
async function main(): Promise<number> {
  const options = readArguments(process.argv.slice(2), Date.now())
  if (options.help) {
    process.stdout.write(help)
    return 0
  }
  const { seed, history: folder } = options
  if (folder !== undefined) await mkdir(folder, { recursive: true })
  const { kills, failures, classes } = await killTest({
    ...options,
    server: options.server === undefined ? undefined : pathToFileURL(options.server).href,
    signal: abort.signal,
    ...(folder === undefined
      ? {}
      : {
          onFailed: (history: History, failures: readonly string[]) =>
            writeFile(join(folder, `${history.fleet}.json`), JSON.stringify({ failures, ...history }, undefined, 1)),
        }),
    tell: (text) => process.stderr.write(`${text}\n`),
  })
  if (exitCode !== undefined) return exitCode
  for (const failure of failures.slice(0, maxShown)) process.stdout.write(`FAILURE ${failure}\n`)
  if (failures.length > maxShown) process.stdout.write(`… and ${failures.length - maxShown} more\n`)
  for (const [name, count] of Object.entries(classes)) process.stdout.write(`${String(count).padStart(7)}  ${name}\n`)
  process.stdout.write(`${kills} kills, ${failures.length} failures, seed ${seed}\n`)
  return failures.length === 0 ? 0 : 1
}

// Not left to the event loop: a closed client of SDK v1 may go on with its reconnections for a while.
try {
  process.exit(await main())
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nSee --help.\n`)
  process.exit(2)
}
