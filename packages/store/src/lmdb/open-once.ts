import { statSync } from 'node:fs'
import { open, type RootDatabaseOptionsWithPath } from 'lmdb'
import type { Database, Key } from './database.js'

/** By file, whatever path leads to it. */
const opened = new Map<string, Database>()

/**
 * Opens a file once in the life of the process, and never closes it: whoever asks again gets the same.
 * - A second opening in one process loses the locks of the first one; and it blocks the thread for a transaction, while one
 *   of the first may wait for that thread, for ever.
 * - Where a process closes a file in the moment in which another one opens it, LMDB takes the locks apart under the other
 *   one, and both may write at once (lmdb 3.5.6). The end of a process does not.
 * Throws what LMDB throws.
 */
export function openOnce(path: string, options: Omit<RootDatabaseOptionsWithPath, 'path'> = {}): Database {
  const known = opened.get(fileOf(path) ?? '')
  if (known) return known
  const database = open<Buffer, Key>({ path, noSubdir: true, encoding: 'binary', ...options })
  opened.set(fileOf(path) ?? path, database)
  return database
}

/** @returns undefined where there is none */
function fileOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? undefined : `${stats.dev}:${stats.ino}`
}
