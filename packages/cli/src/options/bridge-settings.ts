import { UsageError } from '../command/usage-error.js'
import { givenTexts } from './add-options.js'
import { type GivenOptions, optionTable } from './option-table.js'
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
export function bridgeSettings(
  { url, options }: CommandLine,
  environment: NodeJS.ProcessEnv,
  directory: string,
): BridgeSettings {
  const texts = givenTexts(optionTable, options)
  const commandLine = url === undefined ? texts : { ...texts, url: [url] }
  const given = resolveOptions(optionTable, { commandLine, environment, directory })
  if (given.url === undefined) throw new UsageError(noUrl)
  return { ...given, url: given.url }
}
