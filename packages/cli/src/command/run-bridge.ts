import { type SessionRecoveryOptions, withSessionRecovery } from '@mcp-tether/client'
import { Bridge } from '../bridge/bridge.js'
import { headerSecrets, urlSecrets } from '../bridge/redact.js'
import { withTransport } from '../http-sse/with-transport.js'
import { eventLine } from '../log/event-lines.js'
import { HostLog } from '../log/host-log.js'
import { openLog } from '../log/open-log.js'
import { createRecoverySummary } from '../log/recovery-summary.js'
import { withWireLog } from '../log/wire-log.js'
import { createUpstream } from '../upstream/create-upstream.js'
import { withHeaderFile } from '../upstream/header-file/header-file.js'
import { upstreamOptions } from '../upstream/upstream-options.js'
import type { BridgeSettings } from '../options/bridge-settings.js'
import { recoveryOptions } from '../options/recovery-options.js'
import { defaultStartupTimeout } from '../startup/startup-options.js'
import { createStartupWait } from '../startup/startup-wait.js'
import { checkSignInSettings } from '../sign-in/check-settings.js'
import { createSignIn } from '../sign-in/create-sign-in.js'
import { defaultSignInTimeoutMs } from '../sign-in/settings.js'
import { withSignIn } from '../sign-in/with-sign-in.js'
import { type RecordedState, StateRecorder } from '../user-state/running/state-recorder.js'
import { exitCodes } from './exit-codes.js'
import { firstSignal } from './signals.js'
import { keepHeapSmall } from './small-heap.js'
import { packageVersion } from './version.js'

/** A token that is being renewed at the end is still stored, if that takes no longer: its refresh token may be spent. */
const signInCloseMs = 400

/** Puts the bridge together on this process's stdio, and runs it until the host or a signal ends it. */
export async function runBridge(settings: BridgeSettings): Promise<void> {
  keepHeapSmall()
  const { url, headerFile } = settings
  const upstream = createUpstream(await upstreamOptions(settings, process.env))
  const signalled = firstSignal(() => {
    process.exit(exitCodes.normal)
  })
  const hostLog = new HostLog()
  const state = new StateRecorder({ server: url, release: packageVersion(), write: writeState })
  const log = await openLog(settings, { stderr: process.stderr, environment: process.env, more: [hostLog, state] })
  const summary = createRecoverySummary(log)
  if (headerFile?.warning !== undefined) log.warn(headerFile.warning)
  const allHeaders = withHeaderFile(settings.headers, headerFile)
  if (!allHeaders.has('user-agent')) allHeaders.set('user-agent', `mcp-tether/${packageVersion()}`)
  const signsIn = !allHeaders.has('authorization')
  if (signsIn) checkSignInSettings(settings)
  const speaking = withTransport({ url, transport: settings.transport ?? 'auto', log })
  const wire = withWireLog(log)(speaking(upstream.fetch))
  let epoch = 0
  const recovering = withSessionRecovery({
    ...engineOptions(settings),
    // With a token that is fixed, nobody will come with a newer one, so that nobody has to wait for it.
    authorizationTimeout: signsIn ? (settings.signInTimeout ?? defaultSignInTimeoutMs) : 1,
    onEvent(event) {
      if (event.type === 'session-lost' || event.type === 'recovery-succeeded') epoch++
      if (log.verbose) log.detail(eventLine(event), { event })
      summary.onEvent(event)
      state.onEvent(event)
    },
  })
  const startup = createStartupWait({
    url,
    budgetMs: settings.startupTimeout ?? defaultStartupTimeout,
    log,
    secrets: [...headerSecrets(allHeaders), ...urlSecrets(url)],
  })
  const signIn = signsIn
    ? createSignIn({
        server: url,
        settings,
        headers: allHeaders,
        fetch: wire,
        log,
        version: packageVersion(),
        onFailure: recovering.signInFailed,
      })
    : undefined
  const lasting = startup.middleware(recovering(wire))
  const bridge = new Bridge({
    url,
    headers: allHeaders,
    fetch: signIn ? withSignIn(signIn, url)(lasting) : lasting,
    input: process.stdin,
    output: process.stdout,
    log,
    hostLog,
    epoch: () => epoch,
    keepAlive: settings.keepAlive ?? 0,
  })
  await Promise.race([bridge.ended, signalled])
  startup.stop()
  state.close()
  await bridge.stop()
  await signIn?.close(signInCloseMs)
  summary.flush()
  upstream.close()
  process.exit(exitCodes.normal)
}

/** That nobody can see this bridge is no reason to disturb it. */
async function writeState(state: RecordedState): Promise<void> {
  try {
    const { writeStateFile } = await import('../user-state/running/state-file.js')
    await writeStateFile(state, process.env)
  } catch {
    // No place for it, or no room.
  }
}

/** The engine takes its options under the names that they have here. What was not given stays absent. */
function engineOptions(settings: BridgeSettings): SessionRecoveryOptions {
  const names = Object.keys(recoveryOptions) as (keyof typeof recoveryOptions)[]
  return Object.fromEntries(names.flatMap((name) => (name in settings ? [[name, settings[name]]] : [])))
}
