/** Headings of `--help` and of docs/cli.md, in their order. */
export const optionGroups = ['Options', 'Requests', 'Sign-in', 'Connection', 'Recovery', 'Logging'] as const

/** A JSON Schema (draft 2020-12) of what the configuration file may hold under an option's key. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** Where a value comes from. */
export interface OptionInput {
  /** As a message names it: `--replay`, `MCP_TETHER_REPLAY`, `replay in tether.json`. */
  readonly name: string
  /** What `${NAME}` in a value is looked up in. */
  readonly environment: NodeJS.ProcessEnv
  /** What a relative path in a value starts from: the working directory, or that of the configuration file. */
  readonly directory: string
}

/**
 * One option of the bridge, in all its forms. Its readers throw a UsageError that begins with `input.name`, and says
 * what was given, what was expected and what to do.
 */
export interface BridgeOption<Value = unknown> {
  /** `--name`, or `<name>` for the argument that stands alone. */
  readonly flag: `--${string}` | `<${string}>`
  /** How help calls its value, e.g. `<seconds>`. A switch has none. */
  readonly placeholder?: `<${string}>`
  /** May be given more than once. In an environment variable, each line is one. */
  readonly repeatable?: boolean
  readonly variable: `MCP_TETHER_${string}`
  readonly group: (typeof optionGroups)[number]
  /** What it does, as one phrase without a full stop. */
  readonly help: string
  /** What holds without it, as help shows it. */
  readonly default?: string
  readonly schema: JsonSchema
  /** `given` is what the command line or the environment holds: one text, several if repeatable, `'true'` or `'false'` for a switch. */
  readonly fromText: (given: readonly string[], input: OptionInput) => Value
  /** `given` is what the configuration file holds under the option's key. */
  readonly fromFile: (given: unknown, input: OptionInput) => Value
}

/** What tells one option of a kind from another. */
export type OptionTexts = Pick<BridgeOption, 'flag' | 'variable' | 'group' | 'help' | 'default'>

/** Options by their key in the configuration file, which is also their name in the settings. */
export type OptionTable = Readonly<Record<string, BridgeOption>>

/** What was given of the options in a table. */
export type OptionValues<Table extends OptionTable> = {
  readonly [Key in keyof Table]?: Table[Key] extends BridgeOption<infer Value> ? Value : never
}
