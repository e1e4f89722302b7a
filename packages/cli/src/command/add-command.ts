import { Command } from 'commander'
import { addOptions } from '../options/add-options.js'
import { configOption } from '../options/config-option.js'
import { optionTable } from '../options/option-table.js'
import { addHostFileOptions, changeOptions, type GivenHostFileOptions } from './host-file-options.js'

/** The bridge's own options, as they can stand in a host's configuration. */
const bridgeTable = { config: configOption, ...optionTable }

/** These mean the host's file here; the bridge's options of the same name go behind `--`. */
const taken: ReadonlySet<string> = new Set(['--scope', '--file', '--print'])

/** `mcp-tether add <host> <name> <url> [options]` */
export function addAddCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  const command = program
    .command('add')
    .description("put a server into a host's configuration, reached through this bridge")
    .usage('<host> <name> <url> [options] [-- more options of the bridge]')
    .argument('<host>', 'claude-code, claude-desktop, cursor, vscode, windsurf, gemini-cli, codex or zed')
    .argument('<name>', 'what the server is called in the host')
    .argument('<url>', 'address of the MCP server')
    .argument('[more...]', 'options of the bridge, behind --')
  addHostFileOptions(command)
  const free = Object.entries(bridgeTable).filter(([, { flag }]) => !taken.has(flag))
  addOptions(command, Object.fromEntries(free))
  command.action(
    async (host: string, name: string, url: string, more: readonly string[], given: GivenHostFileOptions) => {
      const { addEntry } = await import('../hosts/add-entry.js')
      const { findHost } = await import('../hosts/find-host.js')
      const { launchRequest } = await import('../hosts/launch/launch-request.js')
      const { hostsContext } = await import('./hosts-context.js')
      const context = hostsContext(environment)
      const known = findHost(host)
      const options = [Object.fromEntries(Object.entries(given).filter(([key]) => !taken.has(`--${key}`)))]
      if (more.length > 0) options.push(behindDashes(program, more))
      const { workingDirectory } = context.machine
      await addEntry(
        { host: known, name, ...changeOptions(given), ...launchRequest(url, options, bridgeTable, workingDirectory) },
        context,
      )
    },
  )
}

/** Reads `--replay hinted` as the bridge itself would. */
function behindDashes(program: Command, more: readonly string[]): Record<string, unknown> {
  const command = new Command('add').copyInheritedSettings(program).allowExcessArguments(false)
  return addOptions(command, bridgeTable)
    .parse([...more], { from: 'user' })
    .opts()
}
