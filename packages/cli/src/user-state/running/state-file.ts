import { randomUUID } from 'node:crypto'
import { unlinkSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ownDirectories, privateFileOptions } from '../open-credential-store.js'
import { makePrivateDirectory } from '../private-files.js'
import { ownIdentity } from '../process-identity.js'
import type { BridgeState } from './bridge-state.js'
import { runningBridges } from './running-bridges.js'
import type { RecordedState } from './state-recorder.js'

const ignore = (): void => undefined

let file: string | undefined

/**
 * Writes this process's state file. The file goes when the process ends by itself; that of one that was killed is removed
 * by whoever looks next: `mcp-tether status`, or the next bridge.
 */
export async function writeStateFile(state: RecordedState, environment: NodeJS.ProcessEnv): Promise<void> {
  const isFirst = file === undefined
  const path = (file ??= join(ownDirectories(environment).running, `bridge-${process.pid}-${randomUUID()}.json`))
  const temporary = `${path}.tmp`
  const privacy = privateFileOptions(ignore)
  if (isFirst) {
    await makePrivateDirectory(ownDirectories(environment).running, privacy)
    process.once('exit', () => {
      // In this order: a rename that is still under way finds nothing any more.
      removeQuietly(temporary)
      removeQuietly(path)
    })
  }
  const whole: BridgeState = { ...state, process: await ownIdentity() }
  await writeFile(temporary, JSON.stringify(whole), { mode: 0o600 })
  await rename(temporary, path)
  if (isFirst) await runningBridges({ directories: ownDirectories(environment).runningAnywhere, ...privacy })
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It is not there.
  }
}
