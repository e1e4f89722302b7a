import { floors, installedPeer, tether, type Contestant } from './contestants.js'
import { figuresOf, meetsTarget, tableOf } from './figures.js'
import { measureRound, type Measured } from './measure-round.js'
import { help, readOptions, type Options } from './options.js'
import { startServer } from './real-server.js'

function tell(line: string): void {
  process.stderr.write(`${line} …\n`)
}

async function run({ rounds, server: name, floors: withFloors, json, strict }: Options): Promise<void> {
  const peer = installedPeer(tell)
  const others = withFloors ? floors : []
  const all = [tether, peer, ...others]
  const server = await startServer(name)
  const results: ReadonlyMap<Contestant, Measured>[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      tell(`round ${round + 1} of ${rounds}`)
      const first = round % all.length
      results.push(await measureRound([...all.slice(first), ...all.slice(0, first)], server.url))
    }
  } finally {
    await server.close()
  }
  const figures = figuresOf(results, { ours: tether, peer, others })
  process.stdout.write(`${json ? JSON.stringify(figures, null, 2) : tableOf(figures)}\n`)
  process.exitCode = strict && figures.some((figure) => meetsTarget(figure) === false) ? 1 : 0
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) process.stdout.write(help)
  else await run(options)
} catch (error) {
  process.stderr.write(`bench:bridge: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
