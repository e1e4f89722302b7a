import { lstat, readFile, readlink, realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { HostFileError } from '../host-file-error.js'
import { systemCode } from '../../user-state/user-state-error.js'
import { fileProblem } from './file-problem.js'

/** More than any host writes: Claude Code keeps its history in the same file. */
const maxBytes = 64 * 1024 * 1024
const maxLinks = 16
const byteOrderMark = '\ufeff'

/** A configuration file as it was found. */
export interface ConfigFile {
  /** As the host knows it. */
  readonly path: string
  /** Where it really is, if `path` is a symbolic link. */
  readonly target: string
  /** Without a byte order mark. Empty if there is no file. */
  readonly text: string
  readonly hasByteOrderMark: boolean
  /** Permission bits. None if there is no file. */
  readonly mode: number | undefined
}

/** Reads a host's configuration file, which need not be there. Throws a HostFileError. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const target = await followLinks(path)
  let mode: number
  let bytes: Buffer
  try {
    const stats = await stat(target)
    if (stats.isDirectory()) throw new HostFileError(`${path} is a directory; expected the host's configuration file`)
    if (!stats.isFile()) throw new HostFileError(`${path} is no regular file; expected the host's configuration file`)
    if (stats.size > maxBytes) {
      throw new HostFileError(`${path} has ${stats.size} bytes; expected a configuration file of at most 64 MiB`)
    }
    mode = stats.mode & 0o777
    bytes = await readFile(target)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      return { path, target, text: '', hasByteOrderMark: false, mode: undefined }
    }
    throw fileProblem(path, error, 'read')
  }
  const text = decode(bytes, path)
  const hasByteOrderMark = text.startsWith(byteOrderMark)
  return { path, target, text: hasByteOrderMark ? text.slice(1) : text, hasByteOrderMark, mode }
}

/** The characters to be written for a text. */
export function withByteOrderMark({ hasByteOrderMark }: ConfigFile, text: string): string {
  return hasByteOrderMark ? byteOrderMark + text : text
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new HostFileError(`${path} is not UTF-8 text; save it as UTF-8, then try again`)
  }
}

/** Where a file is, or would be: dotfiles are often links into a repository. */
async function followLinks(path: string): Promise<string> {
  let current = path
  for (let count = 0; count < maxLinks; count++) {
    try {
      return await realpath(current)
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw fileProblem(path, error, 'read')
    }
    const link = await lstat(current).catch(() => undefined)
    if (link?.isSymbolicLink() !== true) return current
    current = resolve(dirname(current), await readlink(current))
  }
  throw new HostFileError(`${path} can't be read: its symbolic links lead in a circle`)
}
