import type { GivenTexts } from './add-options.js'
import type { BridgeOption, OptionTable, OptionValues } from './option.js'

export interface OptionSources {
  /** By key of the table. */
  readonly commandLine: GivenTexts
  readonly environment: NodeJS.ProcessEnv
  /** The working directory. */
  readonly directory: string
}

/**
 * Reads each option where it is given: on the command line, else in the environment. A key is absent from the result
 * where it is given nowhere. Throws a UsageError for the first value that is wrong; one that another overrules is not
 * looked at.
 */
export function resolveOptions<Table extends OptionTable>(table: Table, sources: OptionSources): OptionValues<Table> {
  const values: Record<string, unknown> = {}
  for (const [key, option] of Object.entries(table)) {
    const found = fromCommandLine(key, option, sources) ?? fromEnvironment(option, sources)
    if (found) values[key] = found.value
  }
  return values as OptionValues<Table>
}

/** A value, so that one that is `undefined` can be told from none. */
interface Found {
  readonly value: unknown
}

function fromCommandLine(
  key: string,
  option: BridgeOption,
  { commandLine, environment, directory }: OptionSources,
): Found | undefined {
  const given = commandLine[key]
  return given && { value: option.fromText(given, { name: option.flag, environment, directory }) }
}

function fromEnvironment(option: BridgeOption, { environment, directory }: OptionSources): Found | undefined {
  const given = environment[option.variable]?.trim()
  // Some hosts set variables to nothing where they have no value for them.
  if (given === undefined || given === '') return undefined
  const lines = given.split('\n').map((line) => line.trim())
  const texts = option.repeatable ? lines.filter((line) => line !== '') : [given]
  return { value: option.fromText(texts, { name: option.variable, environment, directory }) }
}
