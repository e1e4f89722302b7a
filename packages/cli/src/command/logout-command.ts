import type { Command } from 'commander'
import { addOptions } from '../options/add-options.js'
import { givenOptions } from '../options/bridge-settings.js'
import { configOption } from '../options/config-option.js'
import { connectionOptions } from '../upstream/connection-options.js'
import { serverArgument, say, warn } from './user-command.js'
import { UsageError } from './usage-error.js'

const { ca, cert, key, keyPassphrase } = connectionOptions

/** How the authorization server is reached, as the bridge reaches it. */
const logoutOptions = { ca, cert, key, keyPassphrase }

/** `mcp-tether logout <url>`, `mcp-tether logout --all`. */
export function addLogoutCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  const command = program
    .command('logout')
    .description('remove what is stored of a sign-in, after its tokens were revoked where the server offers that')
    .usage('<url> | --all')
    .argument('[url]', 'address of the MCP server')
    .option('--all', 'sign out of every server')
    .action(async (url: string | undefined, options: { readonly all?: boolean }) => {
      const { all } = options
      if (all && url !== undefined) throw new UsageError('logout was given a URL and --all; expected one of them')
      const server = all ? undefined : serverArgument(url, 'logout', environment)
      const given = await givenOptions(logoutOptions, { url: undefined, options }, environment, process.cwd())
      const { tlsContexts } = await import('../upstream/upstream-options.js')
      const contexts = await tlsContexts({ url: server, ...given }, environment)
      const { openCredentialStore } = await import('../user-state/open-credential-store.js')
      const { logout, logoutAll } = await import('../user-state/logout.js')
      const { tokenRevocation } = await import('../user-state/revoke-tokens.js')
      const { createUpstreamFetch } = await import('../upstream/create-upstream-fetch.js')
      const upstream = createUpstreamFetch({ environment, ...contexts })
      try {
        const store = openCredentialStore({ environment, warn })
        const parts = { store, revoke: tokenRevocation(upstream.fetch), say, warn }
        await (server ? logout(server, parts) : logoutAll(parts))
      } finally {
        upstream.close()
      }
    })
  addOptions(command, { config: configOption, ...logoutOptions })
}
