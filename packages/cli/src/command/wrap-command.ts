import { type Command, Option } from 'commander'
import { addHostFileOptions, changeOptions, type GivenHostFileOptions } from './host-file-options.js'

interface GivenWrapOptions extends GivenHostFileOptions {
  readonly yes?: boolean
}

/** `mcp-tether wrap <host> [names...]` */
export function addWrapCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  withAnswer(
    program,
    'wrap',
    'let a host reach its HTTP servers through this bridge, after showing what changes',
  ).action(async (host: string, names: readonly string[], given: GivenWrapOptions) => {
    const { wrapEntries } = await import('../hosts/wrap-entries.js')
    const { hostsContext } = await import('./hosts-context.js')
    const request = { host, names, yes: given.yes ?? false, ...changeOptions(given) }
    await wrapEntries(request, hostsContext(environment))
  })
}

/** `mcp-tether unwrap <host> [names...]` */
export function addUnwrapCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  withAnswer(program, 'unwrap', 'bring back the entries that wrap has replaced').action(
    async (host: string, names: readonly string[], given: GivenWrapOptions) => {
      const { unwrapEntries } = await import('../hosts/unwrap-entries.js')
      const { hostsContext } = await import('./hosts-context.js')
      const request = { host, names, yes: given.yes ?? false, ...changeOptions(given) }
      await unwrapEntries(request, hostsContext(environment))
    },
  )
}

function withAnswer(program: Command, name: string, description: string): Command {
  const command = program
    .command(name)
    .description(description)
    .argument('<host>', 'as in mcp-tether add')
    .argument('[names...]', 'only these servers')
  return addHostFileOptions(command).addOption(new Option('--yes', 'do not ask').helpGroup("The host's file:"))
}
