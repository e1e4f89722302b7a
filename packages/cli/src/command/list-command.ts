import type { Command } from 'commander'
import { addPlaceOptions, type GivenHostFileOptions } from './host-file-options.js'

/** `mcp-tether list [host]` */
export function addListCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  const command = program
    .command('list')
    .description("show the servers in hosts' configurations, and which of them are bridged")
    .argument('[host]', 'as in mcp-tether add; all hosts without it')
  addPlaceOptions(command).action(async (host: string | undefined, { scope, file }: GivenHostFileOptions) => {
    const { listEntries } = await import('../hosts/list-entries.js')
    const { hostsContext } = await import('./hosts-context.js')
    await listEntries({ host, scope, file }, hostsContext(environment))
  })
}
