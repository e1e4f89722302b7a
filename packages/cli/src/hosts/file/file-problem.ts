import { systemCode } from '../../user-state/user-state-error.js'
import { HostFileError } from '../host-file-error.js'

/** What a failed system call means for the user. */
export function fileProblem(path: string, error: unknown, wanted: 'read' | 'written'): Error {
  if (error instanceof HostFileError) return error
  return new HostFileError(`${path} can't be ${wanted}: ${reasonFor(error)}`)
}

function reasonFor(error: unknown): string {
  const code = systemCode(error)
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `this user may not (${code}); check its owner and mode, and those of its directory`
    case 'EROFS':
      return 'the file system is read-only'
    case 'ENOSPC':
    case 'EDQUOT':
      return 'there is no space left'
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a part of this path is a file and no directory'
    case 'ELOOP':
      return 'its symbolic links lead in a circle'
    default:
      return code ?? (error instanceof Error ? error.message : String(error))
  }
}
