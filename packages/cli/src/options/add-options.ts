import { type Command, Option } from 'commander'
import { optionGroups, type BridgeOption, type OptionTable } from './option.js'

/** Texts by key of the table, as the command line has them. */
export type GivenTexts = Readonly<Record<string, readonly string[] | undefined>>

/** Adds a table's flags to a command, group by group. The argument that stands alone is the command's own affair. */
export function addOptions(command: Command, table: OptionTable): Command {
  for (const group of optionGroups) {
    for (const option of Object.values(table)) {
      if (option.group === group && option.flag.startsWith('--')) addOption(command, option)
    }
  }
  return command
}

function addOption(command: Command, option: BridgeOption): void {
  const flags = option.placeholder === undefined ? option.flag : `${option.flag} ${option.placeholder}`
  const made = new Option(flags, helpOf(option)).helpGroup(`${option.group}:`)
  if (option.repeatable) made.argParser(collect)
  command.addOption(made)
  // What a file or a variable has switched on can be switched off.
  if (option.placeholder === undefined) command.addOption(new Option(option.flag.replace('--', '--no-')).hideHelp())
}

/** Reads back what commander has stored under the names that it makes of the flags. */
export function givenTexts(table: OptionTable, stored: Readonly<Record<string, unknown>>): GivenTexts {
  const entries = Object.entries(table).map(([key, { flag }]): [string, readonly string[] | undefined] => {
    if (!flag.startsWith('--')) return [key, undefined]
    return [key, texts(stored[new Option(flag).attributeName()])]
  })
  return Object.fromEntries(entries)
}

function texts(value: unknown): readonly string[] | undefined {
  if (Array.isArray(value)) return value as string[]
  if (typeof value === 'boolean') return [`${value}`]
  return typeof value === 'string' ? [value] : undefined
}

function helpOf(option: BridgeOption): string {
  return option.default === undefined ? option.help : `${option.help} (default: ${option.default})`
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value]
}
