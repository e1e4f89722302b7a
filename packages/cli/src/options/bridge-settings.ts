import { UsageError } from '../command/usage-error.js'
import { givenTexts } from './add-options.js'
import type { ConfigFile, ConfigFileSource } from './config-file.js'
import { configOption } from './config-option.js'
import { type GivenOptions, optionTable } from './option-table.js'
import type { OptionTable, OptionValues } from './option.js'
import { noUrl } from './parse-url.js'
import { resolveOptions } from './resolve-options.js'

/** What the bridge is to do, checked: the options under the table's keys, durations in milliseconds. */
export interface BridgeSettings extends GivenOptions {
  readonly url: URL
}

export interface CommandLine {
  readonly url: string | undefined
  /** As commander has stored them. */
  readonly options: Readonly<Record<string, unknown>>
}

/** Throws a UsageError for the first thing that is wrong. */
export async function bridgeSettings(
  given: CommandLine,
  environment: NodeJS.ProcessEnv,
  directory: string,
): Promise<BridgeSettings> {
  const { url, ...settings } = await givenOptions(optionTable, given, environment, directory)
  if (url === undefined) throw new UsageError(noUrl)
  return { ...settings, url }
}

/** What was given of some options of the bridge, for any command that has them. Throws as {@link bridgeSettings}. */
export async function givenOptions<Table extends OptionTable>(
  table: Table,
  { url, options }: CommandLine,
  environment: NodeJS.ProcessEnv,
  directory: string,
): Promise<OptionValues<Table>> {
  const texts = givenTexts({ ...table, config: configOption }, options)
  const commandLine = url === undefined ? texts : { ...texts, url: [url] }
  const sources = { commandLine, environment, directory }
  const { config } = resolveOptions({ config: configOption }, sources)
  const file = config === undefined ? undefined : await readFile(config)
  return resolveOptions(table, { ...sources, file })
}

async function readFile(source: ConfigFileSource): Promise<ConfigFile> {
  const { readConfigFile } = await import('./config-file.js')
  return readConfigFile(source, optionTable)
}
