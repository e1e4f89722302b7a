/** A value of JSON, and of TOML where it has one. */
export type ConfigValue = string | number | boolean | null | readonly ConfigValue[] | ConfigObject

export interface ConfigObject {
  readonly [key: string]: ConfigValue
}

/** One server in a host's configuration. */
export interface ConfigEntry {
  readonly name: string
  /** What the file says about it; anything, when a person has written it. */
  readonly value: unknown
  /** The characters that say so, as they stand in the file. */
  readonly text: string
}

/**
 * The part of a configuration file that lists MCP servers. Every change returns the text of the whole file, in which
 * nothing but that entry differs: comments, order, indentation and line endings of the rest stay as they are.
 */
export interface ConfigDocument {
  readonly entries: readonly ConfigEntry[]
  /** Adds an entry behind the others, in their style. */
  readonly insert: (name: string, value: ConfigObject) => string
  /** Gives an entry another value. */
  readonly replace: (name: string, value: ConfigObject) => string
  /** Gives an entry back the characters that it had once. */
  readonly restore: (name: string, text: string) => string
  readonly remove: (name: string) => string
}

/** Something in a file that can't be read, or can't be changed without touching more than one entry. */
export class DocumentError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DocumentError'
  }
}
