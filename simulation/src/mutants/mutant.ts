/** A bug to be put into the engine: what to replace in its source, and by what. */
export interface Mutant {
  readonly name: string
  /** The file, below the engine's `src`. */
  readonly file: string
  /** Occurs exactly once in the file. */
  readonly find: string
  readonly replace: string
}
