import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { acquireProcessLock } from '../../user-state/process-lock.js'
import { HostFileError } from '../host-file-error.js'
import { fileId } from './backup.js'
import type { ConfigFile } from './config-file.js'

/** Writing takes milliseconds. */
const longestWaitMs = 10_000

/**
 * Runs what writes a configuration file while no other mcp-tether of this user writes it. (Hosts know no such lock;
 * that the file is still the one that was read is checked besides.) Throws a HostFileError when that takes too long.
 */
export async function withFileLock<Result>(
  { path, target }: ConfigFile,
  directory: string,
  action: () => Promise<Result>,
): Promise<Result> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const signal = AbortSignal.timeout(longestWaitMs)
  const release = await acquireProcessLock(join(directory, `${fileId(target)}.lock`), { signal, pollMs: 20 }).catch(
    (error: unknown) => {
      if (!signal.aborted) throw error
      throw new HostFileError(`${path} is being changed by another mcp-tether for 10 s; end that, then try again`)
    },
  )
  try {
    return await action()
  } finally {
    release()
  }
}
