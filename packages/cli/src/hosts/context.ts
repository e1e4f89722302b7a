import type { Machine } from './host.js'

/** What the commands of this room need of the world around them. */
export interface HostsContext {
  readonly machine: Machine
  /** Where copies are put before a file is changed. */
  readonly backupDirectory: string
  /** Where `wrap` remembers the originals. */
  readonly recordDirectory: string
  readonly now: () => Date
  /** Takes the command's result, for stdout. */
  readonly print: (text: string) => void
  /** Takes a line about what happens, for stderr. */
  readonly tell: (line: string) => void
  /** Asks whether to go on. `undefined` where nobody can be asked. */
  readonly confirm: (() => Promise<boolean>) | undefined
}

/** Options of every command that changes a file. */
export interface ChangeOptions {
  /** Show the change instead of writing it. */
  readonly print: boolean
  /** The scope that was asked for, as it was given. */
  readonly scope: string | undefined
  /** A file in the place of those that the host is known to have. */
  readonly file: string | undefined
}
