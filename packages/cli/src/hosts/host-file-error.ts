import { exitCodes } from '../command/exit-codes.js'
import { UsageError } from '../command/usage-error.js'

/** A host's configuration file that can't be read, understood or changed as asked. The message names the file. */
export class HostFileError extends UsageError {
  constructor(message: string) {
    super(message, exitCodes.hostFile)
    this.name = 'HostFileError'
  }
}
