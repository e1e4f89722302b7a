import { measureCpuTime } from './cpu-time.js'
import { exitCodeOf, verdictOf, type Finding } from './finding.js'
import { measureHeap } from './heap.js'
import { countLostTogether } from './lost-together.js'
import { help, readOptions, type Options, type Part } from './options.js'
import { measureRecoveryTime } from './recovery-time.js'
import { tableOf } from './table.js'
import { measureThroughput } from './throughput.js'

const measures: Readonly<Record<Part, (tell: (line: string) => void) => Promise<Finding[]>>> = {
  cpu: measureCpuTime,
  throughput: measureThroughput,
  recovery: measureRecoveryTime,
  posts: countLostTogether,
  heap: measureHeap,
}

function tell(line: string): void {
  process.stderr.write(`${line} …\n`)
}

async function run({ only, json, strict }: Options): Promise<void> {
  const findings: Finding[] = []
  for (const part of only) findings.push(...(await measures[part](tell)))
  const told = json
    ? JSON.stringify(
        findings.map((it) => ({ ...it, verdict: verdictOf(it) })),
        null,
        2,
      )
    : tableOf(findings)
  process.stdout.write(`${told}\n`)
  process.exitCode = exitCodeOf(findings, strict)
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) process.stdout.write(help)
  else await run(options)
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
