import type { Command } from 'commander'
import { serverArgument, say, warn } from './user-command.js'
import { UsageError } from './usage-error.js'

/** `mcp-tether logout <url>`, `mcp-tether logout --all`. */
export function addLogoutCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  program
    .command('logout')
    .description('remove what is stored of a sign-in, after its tokens were revoked where the server offers that')
    .usage('<url> | --all')
    .argument('[url]', 'address of the MCP server')
    .option('--all', 'sign out of every server')
    .action(async (url: string | undefined, { all }: { readonly all?: boolean }) => {
      if (all && url !== undefined) throw new UsageError('logout was given a URL and --all; expected one of them')
      const server = all ? undefined : serverArgument(url, 'logout', environment)
      const { openCredentialStore } = await import('../user-state/open-credential-store.js')
      const { logout, logoutAll } = await import('../user-state/logout.js')
      const { tokenRevocation } = await import('../user-state/revoke-tokens.js')
      const { createUpstreamFetch } = await import('../upstream/create-upstream-fetch.js')
      const upstream = createUpstreamFetch({ environment })
      try {
        const store = openCredentialStore({ environment, warn })
        const options = { store, revoke: tokenRevocation(upstream.fetch), say, warn }
        await (server ? logout(server, options) : logoutAll(options))
      } finally {
        upstream.close()
      }
    })
}
