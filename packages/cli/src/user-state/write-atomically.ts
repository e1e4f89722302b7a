import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { systemCode } from './user-state-error.js'

/** What the name of a file ends in while it is being written. */
export const temporarySuffix = '.tmp'

const renameTries = 10
const renameDelayMs = 50

/**
 * Puts a file in the place of another, so that a reader sees the old text or the new one, also after a power cut. Its
 * mode is 0600 unless another is given. (write-file-atomic does not sync the directory, does not retry on Windows, and
 * its current release wants Node 22.) Throws what the system says.
 */
export async function writeAtomically(file: string, text: string, mode = 0o600): Promise<void> {
  const temporary = `${file}.${randomUUID()}${temporarySuffix}`
  try {
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      // The mask of the process would take something off a mode that open() is given.
      if (mode !== 0o600) await handle.chmod(mode)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await renameOver(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
  await syncDirectory(dirname(file))
}

/** On Windows a virus scanner or an indexer that has the file open makes a rename fail for a moment. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await rename(from, to)
      return
    } catch (error) {
      const passing = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(systemCode(error) ?? '')
      if (!passing || tries === renameTries) throw error
      await delay(renameDelayMs)
    }
  }
}

/** So that the rename lasts as well. Where directories can't be opened (Windows) there is no such call. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
