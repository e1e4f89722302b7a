import { Command, Option } from 'commander'
import { bridgeSettings, type BridgeSettings, type GivenOptions } from './bridge-options.js'
import { packageVersion } from './version.js'

const helpTail = `
Examples:
  mcp-tether https://example.com/mcp
  mcp-tether https://example.com/mcp --header 'Authorization: Bearer \${API_TOKEN}'
  mcp-tether http://localhost:3000/mcp --verbose

In a host's configuration:
  claude mcp add example -- npx -y mcp-tether https://example.com/mcp

  Some hosts break up arguments that hold a space: leave out the one after the colon, and put the rest into "env":
    "args": ["-y", "mcp-tether", "https://example.com/mcp", "--header", "Authorization:\${AUTH_HEADER}"],
    "env": { "AUTH_HEADER": "Bearer …" }

Exit codes:
  0  ended normally: the host closed the pipe, or a signal asked for it
  1  unexpected failure
  2  the command line could not be understood
`

/** What to do once the command line is understood. */
export type RunBridge = (settings: BridgeSettings) => Promise<void>

/** The command line. Every further command of this package becomes one more `command()` here. */
export function createProgram(runBridge: RunBridge, environment: NodeJS.ProcessEnv): Command {
  return new Command('mcp-tether')
    .description(
      'Connects a host that speaks MCP on stdio with a remote MCP server (Streamable HTTP). When the server forgets ' +
        'the session, because it was restarted or redeployed, the session is renewed and the refused call sent ' +
        'again: the host sees a result and not an error.',
    )
    .usage('[options] <url>')
    .argument('[url]', 'address of the MCP server')
    .addOption(
      new Option(
        '--header <header>',
        "send 'Name: value' with every request (repeatable); ${NAME} is read from the environment",
      ).argParser(collect),
    )
    .option('--recovery-timeout <seconds>', 'longest time one recovery may take (default: 30)')
    .option('--outage-budget <seconds>', 'longest time to wait for a server that is away; 0: not at all (default: 30)')
    .option(
      '--replay <policy>',
      'which refused calls are sent again on the new session: on-rejection (all of them), hinted (reads, and tools ' +
        'that the server calls read-only or idempotent) or never (default: on-rejection)',
    )
    .option('--verbose', 'print every exchange with the server on stderr')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .addHelpText('after', helpTail)
    .exitOverride()
    .configureOutput({
      // Commander's own complaints look like ours.
      outputError: (text, write) => {
        write(`mcp-tether: ${text.replace(/^error: /, '').trim()}; see mcp-tether --help\n`)
      },
    })
    .action(async (url: string | undefined, options: GivenOptions) => {
      await runBridge(bridgeSettings(url, options, environment))
    })
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value]
}
