import { PassThrough } from 'node:stream'
import { Bridge } from '../bridge/bridge.js'
import { HostLog } from '../log/host-log.js'
import { createLog } from '../log/log.js'
import { createTextSink } from '../log/text-sink.js'
import { createStartupWait } from '../startup/startup-wait.js'
import { createUpstreamFetch } from '../upstream/create-upstream-fetch.js'
import { LineReader } from './line-reader.fixture.js'
import { initializedLine, initializeLine } from './scripted-server.fixture.js'

/** A bridge in this process, without the engine: what it does by itself. */
export interface BridgeOnPipes {
  readonly bridge: Bridge
  readonly input: PassThrough
  readonly output: PassThrough
  readonly lines: LineReader
  readonly stderr: LineReader
  readonly send: (line: string) => void
  /** The ordinary beginning: initialize and initialized, its answer taken. */
  readonly handshake: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface BridgeOnPipesOptions {
  readonly headers?: Record<string, string>
  /** False for a host that does not read what it is sent. */
  readonly reads?: boolean
  readonly epoch?: () => number
  /** How long to wait for a server that is not there, in milliseconds. @default 0 */
  readonly startupTimeout?: number
  /** After how much silence the server is pinged, in milliseconds; 0: never. @default 0 */
  readonly keepAlive?: number
}

export function bridgeOnPipes(
  url: URL,
  { headers = {}, reads = true, epoch = () => 0, startupTimeout = 0, keepAlive = 0 }: BridgeOnPipesOptions = {},
): BridgeOnPipes {
  const upstream = createUpstreamFetch()
  const [input, output, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const hostLog = new HostLog()
  const log = createLog([createTextSink({ output: stderr, threshold: 'debug', colors: false }), hostLog])
  const startup = createStartupWait({ url, budgetMs: startupTimeout, log })
  const fetch = startup.middleware(upstream.fetch)
  const given = { url, fetch, headers: new Headers(headers), input, output }
  const bridge = new Bridge({ ...given, log, hostLog, epoch, keepAlive })
  const lines = new LineReader(reads ? output : new PassThrough())
  const send = (line: string): void => {
    input.write(`${line}\n`)
  }
  return {
    bridge,
    input,
    output,
    lines,
    stderr: new LineReader(stderr),
    send,
    async handshake() {
      send(initializeLine)
      await lines.next()
      send(initializedLine)
    },
    async close() {
      startup.stop()
      await bridge.stop()
      upstream.close()
    },
  }
}
