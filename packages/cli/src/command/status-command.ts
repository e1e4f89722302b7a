import type { Command } from 'commander'
import { say, warn } from './user-command.js'

/** `mcp-tether status`. */
export function addStatusCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  program
    .command('status')
    .description('list the bridges of this user that are running')
    .option('--json', 'as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { ownDirectories, privateFileOptions } = await import('../user-state/open-credential-store.js')
      const { runningBridges } = await import('../user-state/running/running-bridges.js')
      const { bridgeStatus, statusLines } = await import('../user-state/running/status.js')
      const directories = ownDirectories(environment).runningAnywhere
      const now = Date.now()
      const found = (await runningBridges({ directories, ...privateFileOptions(warn), now })).map((bridge) =>
        bridgeStatus(bridge, now),
      )
      say(json ? JSON.stringify(found, undefined, 2) : statusLines(found, now).join('\n'))
    })
}
