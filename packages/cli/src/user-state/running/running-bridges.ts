import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { checkPrivateDirectory, type PrivateFileOptions, readPrivateFile, unusable } from '../private-files.js'
import { type Life, lifeOf } from '../process-identity.js'
import { UserStateError } from '../user-state-error.js'
import { type BridgeState, parseBridgeState, rewriteMs, stateFilePattern } from './bridge-state.js'

export interface RunningBridge extends BridgeState {
  /** False when its process can't be seen from here: it runs in another container or on another machine, or did. */
  readonly seen: boolean
}

export interface RunningBridgesOptions extends PrivateFileOptions {
  readonly directories: readonly string[]
  /** Milliseconds since the epoch. @default now */
  readonly now?: number
}

/** What was written more than this long ago by a process that can't be seen is of one that is gone. */
const forgottenMs = 3 * rewriteMs
/** A file that is being written is finished long before. */
const abandonedMs = 60_000

/**
 * The bridges of this user, the longest running first. Removes the files of those that are gone. Throws a UserStateError
 * for a directory that can't be used; files that can't are passed over with a warning.
 */
export async function runningBridges(options: RunningBridgesOptions): Promise<RunningBridge[]> {
  const found: RunningBridge[] = []
  for (const directory of options.directories) {
    if (!(await checkPrivateDirectory(directory, options))) continue
    for (const name of await namesIn(directory)) {
      const file = join(directory, name)
      if (stateFilePattern.test(name)) {
        const bridge = await look(file, options)
        if (bridge) found.push(bridge)
      } else if (name.endsWith('.tmp')) await removeAbandoned(file, options)
    }
  }
  return found.sort((a, b) => a.startedAt - b.startedAt)
}

/** Whether what a bridge wrote still counts. */
export function judgeBridge(life: Life, writtenAt: number, now: number): 'seen' | 'unseen' | 'gone' {
  if (life === 'alive') return 'seen'
  return life === 'dead' || now - writtenAt > forgottenMs ? 'gone' : 'unseen'
}

async function look(file: string, options: RunningBridgesOptions): Promise<RunningBridge | undefined> {
  let text: string | undefined
  try {
    text = await readPrivateFile(file, options)
  } catch (error) {
    if (!(error instanceof UserStateError)) throw error
    options.warn(error.message)
    return undefined
  }
  // Removed between the listing and now: its bridge has ended.
  if (text === undefined) return undefined
  const state = parseBridgeState(text)
  if (!state) {
    options.warn(`${file} is no state file of a bridge (cut off, perhaps); remove it`)
    return undefined
  }
  const verdict = judgeBridge(await lifeOf(state.process), state.writtenAt, options.now ?? Date.now())
  if (verdict !== 'gone') return { ...state, seen: verdict === 'seen' }
  await rm(file, { force: true }).catch(() => undefined)
  return undefined
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    throw unusable(directory, error, 'read', 'directory')
  }
}

async function removeAbandoned(file: string, { now = Date.now() }: RunningBridgesOptions): Promise<void> {
  try {
    if (now - (await stat(file)).mtimeMs > abandonedMs) await rm(file)
  } catch {
    // Its writer was faster.
  }
}
