import { Command, Help } from 'commander'
import { addOptions } from '../options/add-options.js'
import { type BridgeSettings, bridgeSettings } from '../options/bridge-settings.js'
import { configOption } from '../options/config-option.js'
import { optionTable } from '../options/option-table.js'
import { addAddCommand } from './add-command.js'
import { exitCodes, exitCodeTexts } from './exit-codes.js'
import { addListCommand } from './list-command.js'
import { addLogoutCommand } from './logout-command.js'
import { addRemoveCommand } from './remove-command.js'
import { addStatusCommand } from './status-command.js'
import { refuseMistypedCommand } from './mistyped-command.js'
import { packageVersion } from './version.js'
import { addWhoamiCommand } from './whoami-command.js'
import { addUnwrapCommand, addWrapCommand } from './wrap-command.js'

const helpTail = `
Examples:
  mcp-tether https://example.com/mcp
  mcp-tether https://example.com/mcp --header 'Authorization: Bearer \${API_TOKEN}'
  mcp-tether http://localhost:3000/mcp --verbose
  mcp-tether --config example.json

In a host's configuration:
  claude mcp add example -- npx -y mcp-tether https://example.com/mcp

  Some hosts break up arguments that hold a space: leave out the one after the colon, and put the rest into "env":
    "args": ["-y", "mcp-tether", "https://example.com/mcp", "--header", "Authorization:\${AUTH_HEADER}"],
    "env": { "AUTH_HEADER": "Bearer …" }

Every option can also be given as an environment variable (--outage-budget as MCP_TETHER_OUTAGE_BUDGET) and in the
configuration file (as outageBudget). The command line comes first, then the environment, then the file.

Exit codes:
${Object.entries(exitCodes)
  .map(([name, code]) => `  ${code}  ${exitCodeTexts[name as keyof typeof exitCodes]}`)
  .join('\n')}
`

/** What to do once the command line is understood. */
export type RunBridge = (settings: BridgeSettings) => Promise<void>

/** The command line. Every further command of this package becomes one more `command()` here. */
export function createProgram(runBridge: RunBridge, environment: NodeJS.ProcessEnv): Command {
  const program = new Command('mcp-tether')
    .description(
      'Connects a host that speaks MCP on stdio with a remote MCP server (Streamable HTTP). When the server forgets ' +
        'the session, because it was restarted or redeployed, the session is renewed and the refused call sent ' +
        'again: the host sees a result and not an error.',
    )
    .usage('[options] <url>')
    .argument('[url]', 'address of the MCP server')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .addHelpText('after', helpTail)
    .exitOverride()
    .configureOutput({
      // Commander's own complaints look like ours.
      outputError: (text, write) => {
        const line = text
          .replace(/^error: /, '')
          .trim()
          .replace(/\s*\n\s*/g, ' ')
          .replace(/\.$/, '')
        write(`mcp-tether: ${line}; see mcp-tether --help\n`)
      },
    })
    // With a narrower first column there is room to wrap the second.
    .configureHelp({ subcommandTerm: (command) => new Help().subcommandTerm(command).replace(' [options]', '') })
    .action(async (url: string | undefined, options: Readonly<Record<string, unknown>>) => {
      if (url !== undefined) await refuseMistypedCommand(url, program.commands)
      await runBridge(await bridgeSettings({ url, options }, environment, process.cwd()))
    })
  addLogoutCommand(program, environment)
  addWhoamiCommand(program, environment)
  addStatusCommand(program, environment)
  addOptions(program, { config: configOption, ...optionTable })
  // An option behind a command's name is the command's.
  program.enablePositionalOptions()
  addAddCommand(program, environment)
  addRemoveCommand(program, environment)
  addListCommand(program, environment)
  addWrapCommand(program, environment)
  addUnwrapCommand(program, environment)
  return program
}
