import { exitCodes } from '../command/exit-codes.js'
import { UsageError } from '../command/usage-error.js'
import type { GivenTexts } from './add-options.js'
import type { ConfigFile } from './config-file.js'
import type { BridgeOption, OptionTable, OptionValues } from './option.js'

export interface OptionSources {
  /** By key of the table. */
  readonly commandLine: GivenTexts
  readonly environment: NodeJS.ProcessEnv
  /** The working directory. */
  readonly directory: string
  readonly file?: ConfigFile | undefined
}

/**
 * Reads each option where it is given: on the command line, else in the environment, else in the configuration file. A
 * key is absent from the result where it is given nowhere. Throws a UsageError for the first value that is wrong; one
 * that another overrules is not looked at.
 */
export function resolveOptions<Table extends OptionTable>(table: Table, sources: OptionSources): OptionValues<Table> {
  const values: Record<string, unknown> = {}
  for (const [key, option] of Object.entries(table)) {
    const found =
      fromCommandLine(key, option, sources) ?? fromEnvironment(option, sources) ?? fromFile(key, option, sources)
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

function fromFile(key: string, option: BridgeOption, { file, environment }: OptionSources): Found | undefined {
  if (!file || !Object.hasOwn(file.values, key)) return undefined
  const input = { name: `${key} in ${file.name}`, environment, directory: file.directory }
  try {
    return { value: option.fromFile(file.values[key], input) }
  } catch (error) {
    // What has a code of its own, as a file that can't be read, keeps it.
    const isOfThisFile = error instanceof UsageError && error.exitCode === exitCodes.usage
    throw isOfThisFile ? new UsageError(error.message, exitCodes.configuration) : error
  }
}
