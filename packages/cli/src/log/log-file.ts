import { openSync, statSync } from 'node:fs'
import { destination } from 'pino'
import { exitCodes } from '../command/exit-codes.js'
import { UsageError } from '../command/usage-error.js'
import { printable } from './printable.js'

export interface LogFile {
  readonly write: (line: string) => void
}

/** What a full disk may make us hold. */
const maxBufferedBytes = 1024 * 1024

const problems: Readonly<Record<string, string>> = {
  ENOENT: 'is in a directory that does not exist',
  ENOTDIR: 'is in a directory that does not exist: a part of its path is a file',
  EISDIR: 'is a directory; expected a file',
  EACCES: "can't be written: permission denied",
  EPERM: "can't be written: not permitted",
  EROFS: "can't be written: the file system is read-only",
  ENOSPC: "can't be written: no space left",
}

/**
 * Opens a file to write lines to its end; a new one is readable by its owner only. Each line is written at once, so that
 * none is missing after a crash. `onFailure` is called once, when the first line could not be written; the bridge goes on.
 * Throws a UsageError when the file can't be opened.
 */
export function openLogFile(path: string, onFailure: (problem: string) => void): LogFile {
  const file = destination({ fd: open(path), sync: true, maxLength: maxBufferedBytes })
  let failed = false
  file.on('error', (error: NodeJS.ErrnoException) => {
    if (failed) return
    failed = true
    onFailure(`the log file "${printable(path)}" ${problemOf(error)}; it lacks lines from now on`)
  })
  return {
    write(line) {
      if (!failed) file.write(line)
    },
  }
}

function open(path: string): number {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' })
    // To open a pipe that nobody reads would hold us up for ever. A device, like /dev/null, is as good as a file.
    if (found && !found.isFile() && !found.isCharacterDevice()) throw new Error('is no ordinary file')
    return openSync(path, 'a', 0o600)
  } catch (error) {
    throw new UsageError(`--log-file: "${printable(path)}" ${problemOf(error)}`, exitCodes.file)
  }
}

function problemOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code === undefined ? message : (problems[code] ?? `can't be written: ${code}`)
}
