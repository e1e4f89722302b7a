import { pathToFileURL } from 'node:url'
import type { Engine } from './model/play.js'
import { help, readArguments } from './run/arguments.js'
import { countsOf, reportOf } from './run/report.js'
import { simulate } from './run/simulate.js'

const interrupted = 130
/** So many failures are shown in full: only for the first is a short schedule looked for. */
const maxReports = 12
let isInterrupted = false

process.once('SIGINT', () => {
  isInterrupted = true
})

/** Returns the exit code. */
async function main(): Promise<number> {
  const options = readArguments(process.argv.slice(2), Date.now())
  if (options.help) {
    process.stdout.write(help)
    return 0
  }
  const { runs, seed, features, stop } = options
  const startedAt = performance.now()
  let told = startedAt
  const { played, findings, classes } = await simulate({
    runs,
    seed,
    features,
    isQuick: stop,
    ...(options.engine !== undefined && { engine: await engineIn(options.engine) }),
    goOn: (soFar) => {
      const now = performance.now()
      if (now - told > 2_000) {
        told = now
        process.stderr.write(`${String(soFar)} of ${String(runs)}, ${perSecond(soFar, now - startedAt)} a second\n`)
      }
      return !isInterrupted
    },
  })
  for (const finding of findings.slice(0, maxReports)) process.stdout.write(reportOf(finding))
  for (const { faults } of findings.slice(maxReports)) process.stdout.write(`ALSO ${faults.join('; ')}\n`)
  process.stdout.write(`${countsOf(classes)}\n`)
  process.stderr.write(`${perSecond(played, performance.now() - startedAt)} schedules a second\n`)
  process.stdout.write(`${String(played)} schedules, ${String(findings.length)} failures, seed ${String(seed)}\n`)
  if (isInterrupted) return interrupted
  return findings.length === 0 ? 0 : 1
}

async function engineIn(file: string): Promise<Engine> {
  const module = (await import(pathToFileURL(file).href)) as { withSessionRecovery: Engine }
  return module.withSessionRecovery
}

function perSecond(count: number, ms: number): string {
  return ((count / ms) * 1000).toFixed(0)
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nSee --help.\n`)
  process.exitCode = 2
}
