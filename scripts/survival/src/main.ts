import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { canPlay, matrix, runAll, scenarios, survivalPage } from '@mcp-tether/survival'
import type { Report } from '@mcp-tether/survival'
import { help, readArguments } from './arguments.js'
import type { Arguments } from './arguments.js'
import { rawFaces, recoveringFaces } from './faces.js'
import type { FaceMaker } from './faces.js'
import { playElsewhere } from './newer-node.js'
import { Progress } from './progress.js'

const page = fileURLToPath(new URL('../../../docs/survival.md', import.meta.url))
const everyFace: readonly FaceMaker[] = [...rawFaces, ...recoveringFaces]
const newerNode = process.env.MCP_TETHER_NEWER_NODE

/** Longer than a recovering client takes on a slow machine. */
const DEADLINE_MS = 12_000
/** Clients without recovery often hang: this is how long they are waited for. */
const DEADLINE_ALONE_MS = 6000

const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const

process.exitCode = await main()

async function main(): Promise<number> {
  let wanted: Arguments
  try {
    wanted = readArguments(
      process.argv.slice(2),
      everyFace.map(({ name }) => name),
    )
  } catch (error) {
    process.stderr.write(`survival: ${error instanceof Error ? error.message : String(error)}\nTry --help.\n`)
    return 2
  }
  if (wanted.help) {
    process.stdout.write(help)
    return 0
  }
  const stop = new AbortController()
  let stoppedBy: keyof typeof EXIT_BY_SIGNAL | undefined
  const onSignal = (signal: keyof typeof EXIT_BY_SIGNAL) => () => {
    stoppedBy ??= signal
    stop.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal(signal))
  const failed = await play(wanted, stop.signal)
  if (stoppedBy !== undefined) return EXIT_BY_SIGNAL[stoppedBy]
  return failed ? 1 : 0
}

/** Plays what is wanted, and says so. Resolves with whether a recovering face did not come through something. */
async function play(wanted: Arguments, signal: AbortSignal): Promise<boolean> {
  const faces = everyFace.filter(({ name }) => wanted.faces.length === 0 || wanted.faces.includes(name))
  const chosen = scenarios.filter(({ name }) => name.includes(wanted.scenario))
  const here = faces.filter(({ skipped }) => skipped === undefined)
  const elsewhere = newerNode === undefined ? [] : faces.filter(({ skipped }) => skipped !== undefined)
  const playable = here.map(({ make }) => chosen.filter((scenario) => canPlay(make(), scenario)).length)
  const isRecovering = (face: string): boolean => everyFace.some(({ name, recovering }) => recovering && name === face)
  const total = playable.reduce((sum, each) => sum + each, 0)
  const progress = wanted.json ? undefined : new Progress(process.stderr, total, isRecovering)
  if (!progress) process.stdout.write(`${JSON.stringify({ plays: total })}\n`)
  const onReport = (report: Report): void => {
    if (progress) progress.report(report)
    else process.stdout.write(`${JSON.stringify(report)}\n`)
  }

  const parallel = Math.ceil(wanted.parallel / 2)
  const playHere = (recovering: boolean, deadlineMs: number): Promise<readonly Report[]> => {
    const makers = here.filter((face) => face.recovering === recovering).map(({ make }) => make)
    return runAll(makers, chosen, { parallel, deadlineMs, signal, onReport })
  }
  const playing = [playHere(false, DEADLINE_ALONE_MS), playHere(true, DEADLINE_MS)]
  if (newerNode !== undefined && elsewhere.length > 0) {
    const names = elsewhere.flatMap(({ name }) => ['--face', name])
    const args = [...names, '--scenario', wanted.scenario, '--parallel', String(parallel), '--json']
    const onPlays = (plays: number): void => {
      progress?.expect(plays)
    }
    playing.push(playElsewhere({ node: newerNode, args, signal, onPlays, onReport }))
  }
  const reports = (await Promise.all(playing)).flat()
  if (progress && !signal.aborted) {
    progress.end()
    const shown = faces.map((face) => (elsewhere.includes(face) ? { ...face, skipped: undefined } : face))
    await tell(wanted, chosen, reports, shown.map(asColumn))
  }
  return reports.some(({ passed, face }) => !passed && isRecovering(face))
}

type Column = Parameters<typeof survivalPage>[2][number]

function asColumn({
  name,
  about,
  skipped,
}: Omit<FaceMaker, 'skipped'> & { readonly skipped?: string | undefined }): Column {
  return { name, about, ...(skipped === undefined ? {} : { skipped }) }
}

async function tell(
  wanted: Arguments,
  chosen: typeof scenarios,
  reports: readonly Report[],
  columns: readonly Column[],
): Promise<void> {
  if (wanted.faces.length > 0 || wanted.scenario !== '') {
    process.stdout.write(
      matrix(
        chosen,
        reports,
        columns.filter(({ skipped }) => skipped === undefined),
      ),
    )
    return
  }
  await writeFile(page, survivalPage(chosen, reports, columns))
  process.stderr.write('Written: docs/survival.md\n')
}
