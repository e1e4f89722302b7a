import type { Command } from 'commander'
import { exitCodes } from './exit-codes.js'
import { serverArgument, say, warn } from './user-command.js'

/** `mcp-tether whoami <url>`. Ends with a code of its own when there is no sign-in. */
export function addWhoamiCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  program
    .command('whoami')
    .description('say what is stored of a sign-in, without showing it')
    .argument('[url]', 'address of the MCP server')
    .option('--json', 'as JSON')
    .action(async (url: string | undefined, { json }: { readonly json?: boolean }) => {
      const server = serverArgument(url, 'whoami', environment)
      const { openCredentialStore } = await import('../user-state/open-credential-store.js')
      const { whoAmI, whoAmILines } = await import('../user-state/whoami.js')
      const store = openCredentialStore({ environment, warn })
      const now = Date.now()
      const found = whoAmI(await store.readAll(server), { server, file: store.fileFor(server), now })
      say(json ? JSON.stringify(found, undefined, 2) : whoAmILines(found, now).join('\n'))
      if (!found.signedIn) process.exitCode = exitCodes.credentials
    })
}
