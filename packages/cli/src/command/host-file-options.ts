import { type Command, Option } from 'commander'
import type { ChangeOptions } from '../hosts/context.js'

/** What commander has stored of {@link addHostFileOptions}. */
export interface GivenHostFileOptions {
  readonly scope?: string
  readonly file?: string
  readonly print?: boolean
}

const group = "The host's file:"

/** Which of a host's configuration files is meant. */
export function addPlaceOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--scope <scope>', 'user (default), project or local, where the host has it').helpGroup(group),
    )
    .addOption(new Option('--file <file>', 'another file than those that the host is known to read').helpGroup(group))
}

/** The same, and whether it is to be written. */
export function addHostFileOptions(command: Command): Command {
  return addPlaceOptions(command).addOption(
    new Option('--print', 'show the change on stdout, without secrets, and write nothing').helpGroup(group),
  )
}

export function changeOptions({ scope, file, print }: GivenHostFileOptions): ChangeOptions {
  return { scope, file, print: print ?? false }
}
