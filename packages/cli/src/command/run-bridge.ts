import { withSessionRecovery } from '@mcp-tether/client'
import { Bridge } from '../bridge/bridge.js'
import { eventLine } from '../log/event-lines.js'
import { createLog } from '../log/log.js'
import { createRecoverySummary } from '../log/recovery-summary.js'
import { withWireLog } from '../log/wire-log.js'
import { createUpstreamFetch } from '../upstream/create-upstream-fetch.js'
import type { BridgeSettings } from './bridge-options.js'
import { exitCodes } from './exit-codes.js'
import { firstSignal } from './signals.js'
import { packageVersion } from './version.js'

/** Puts the bridge together on this process's stdio, and runs it until the host or a signal ends it. */
export async function runBridge({ url, headers, engine, verbose }: BridgeSettings): Promise<void> {
  const signalled = firstSignal(() => {
    process.exit(exitCodes.normal)
  })
  const log = createLog({ output: process.stderr, verbose, colors: process.stderr.isTTY && !process.env.NO_COLOR })
  const summary = createRecoverySummary(log)
  const upstream = createUpstreamFetch()
  let epoch = 0
  const recovering = withSessionRecovery({
    ...engine,
    // The headers are fixed: nobody will come with a newer token, so that nobody has to wait for one.
    authorizationTimeout: 1,
    onEvent(event) {
      if (event.type === 'session-lost' || event.type === 'recovery-succeeded') epoch++
      if (verbose) log.detail(eventLine(event))
      summary.onEvent(event)
    },
  })
  const allHeaders = new Headers(headers)
  if (!allHeaders.has('user-agent')) allHeaders.set('user-agent', `mcp-tether/${packageVersion()}`)
  const bridge = new Bridge({
    url,
    headers: allHeaders,
    fetch: recovering(withWireLog(log)(upstream.fetch)),
    input: process.stdin,
    output: process.stdout,
    log,
    epoch: () => epoch,
  })
  await Promise.race([bridge.ended, signalled])
  await bridge.stop()
  summary.flush()
  upstream.close()
  process.exit(exitCodes.normal)
}
