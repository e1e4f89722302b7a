import type { Command } from 'commander'
import { addHostFileOptions, changeOptions, type GivenHostFileOptions } from './host-file-options.js'

/** `mcp-tether remove <host> <name>` */
export function addRemoveCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  const command = program
    .command('remove')
    .description("take a server that is reached through this bridge out of a host's configuration")
    .argument('<host>', 'as in mcp-tether add')
    .argument('<name>', 'what the server is called in the host')
  addHostFileOptions(command).action(async (host: string, name: string, given: GivenHostFileOptions) => {
    const { removeEntry } = await import('../hosts/remove-entry.js')
    const { hostsContext } = await import('./hosts-context.js')
    await removeEntry({ host, name, ...changeOptions(given) }, hostsContext(environment))
  })
}
