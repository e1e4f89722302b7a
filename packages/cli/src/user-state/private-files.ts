import { constants, type Stats } from 'node:fs'
import { chmod, mkdir, open, stat } from 'node:fs/promises'
import { systemCode, UserStateError } from './user-state-error.js'

/** Who asks for files, and who hears about what was put right. */
export interface PrivateFileOptions {
  /** On Windows the profile's access list protects the files: modes and owners say nothing there. */
  readonly platform: NodeJS.Platform
  /** This process's user, where the platform has such a number. */
  readonly userId: number | undefined
  /** Takes one line about a mode that was too wide. */
  readonly warn: (message: string) => void
}

const maxFileBytes = 1024 * 1024
const platformFlags: Partial<Record<string, number>> = constants

/** Makes the directory with mode 0700 unless it is there, and checks it. Throws a UserStateError. */
export async function makePrivateDirectory(directory: string, options: PrivateFileOptions): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw unusable(directory, error, 'made', 'directory')
  }
  await checkPrivateDirectory(directory, options)
}

/**
 * Checks a directory that only this user may enter, and narrows its mode. False when there is none. Throws a
 * UserStateError.
 */
export async function checkPrivateDirectory(directory: string, options: PrivateFileOptions): Promise<boolean> {
  let stats: Stats
  try {
    stats = await stat(directory)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw unusable(directory, error, 'read', 'directory')
  }
  if (!stats.isDirectory()) {
    throw new UserStateError(`${directory} is not a directory; move it away, or set MCP_TETHER_HOME to another place`)
  }
  checkOwner(directory, stats, options)
  if (options.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
    await narrow(directory, 0o700)
    options.warn(`${directory} was open to other users (mode ${octal(stats)}); it is 0700 now`)
  }
  return true
}

/**
 * Reads a file that only this user may read. Undefined when there is none.
 *
 * What ssh does with a private key that others can read is to refuse it, and it is right where the user picked the
 * file. This one is ours: it was written with mode 0600, and a backup or a `chmod -R` opened it since. To refuse it
 * would stop every bridge of a host without a terminal until somebody finds out why. So a file that others could
 * *read* is closed, and the warning says that its tokens may be known. A file that others could *write* is refused, as
 * ssh does with its config: somebody may have put an authorization server of their own into it.
 *
 * Throws a UserStateError.
 */
export async function readPrivateFile(file: string, options: PrivateFileOptions): Promise<string | undefined> {
  let handle
  try {
    // A pipe in the file's place must not be waited for.
    handle = await open(file, constants.O_RDONLY | (platformFlags.O_NONBLOCK ?? 0))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw unusable(file, error, 'read', 'file')
  }
  try {
    // Everything is asked of the open file: a name may lead to another one a moment later.
    const stats = await handle.stat()
    if (!stats.isFile()) throw notAFile(file)
    if (stats.size > maxFileBytes) {
      throw new UserStateError(`${file} has ${stats.size} bytes, more than mcp-tether would write; remove it`)
    }
    checkOwner(file, stats, options)
    if (options.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
      if ((stats.mode & 0o022) !== 0) {
        throw new UserStateError(
          `${file} can be written by other users (mode ${octal(stats)}), so it is not trusted; ` +
            'if you know what is in it, run chmod 600 on it; otherwise remove it and sign in again',
        )
      }
      await handle.chmod(0o600)
      options.warn(
        `${file} could be read by other users (mode ${octal(stats)}); it is 0600 now. ` +
          'If others use this machine, sign out with mcp-tether logout and in again',
      )
    }
    return await handle.readFile('utf8')
  } catch (error) {
    throw error instanceof UserStateError ? error : unusable(file, error, 'read', 'file')
  } finally {
    await handle.close()
  }
}

/** What a failed system call means for the user. */
export function unusable(
  path: string,
  error: unknown,
  wanted: 'read' | 'written' | 'made' | 'removed',
  kind: 'file' | 'directory',
): UserStateError {
  const code = systemCode(error)
  const make = (reason: string): UserStateError =>
    new UserStateError(`${path} can't be ${wanted}: ${reason}`, { cause: error })
  switch (code) {
    case 'EISDIR':
      return notAFile(path)
    case 'EEXIST':
    case 'ENOTDIR':
      return make('a part of this path is a file and no directory; move it away, or set MCP_TETHER_HOME')
    case 'EACCES':
    case 'EPERM':
      return make(`this user may not (${code}); check the ${kind}'s owner and mode, or set MCP_TETHER_HOME`)
    case 'EROFS':
      return make('the file system is read-only; set MCP_TETHER_HOME to a directory that can be written')
    case 'ENOSPC':
    case 'EDQUOT':
      return make('there is no space left')
    case 'ELOOP':
      return make('its symbolic links lead in a circle')
    default:
      return make(code ?? (error instanceof Error ? error.message : String(error)))
  }
}

function notAFile(path: string): UserStateError {
  return new UserStateError(`${path} is not a regular file; move it away`)
}

function checkOwner(path: string, stats: Stats, { platform, userId }: PrivateFileOptions): void {
  if (platform === 'win32' || userId === undefined || stats.uid === userId) return
  throw new UserStateError(
    `${path} belongs to another user (id ${stats.uid}, this process runs as ${userId}); ` +
      'run as that user, give it back with chown, or set MCP_TETHER_HOME',
  )
}

async function narrow(path: string, mode: number): Promise<void> {
  try {
    await chmod(path, mode)
  } catch (error) {
    throw unusable(path, error, 'written', 'directory')
  }
}

function octal({ mode }: Stats): string {
  return (mode & 0o777).toString(8).padStart(4, '0')
}
