import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A program that connects a host on stdio with the server at an address. */
export interface Contestant {
  readonly name: string
  /** The words after `node`; the address of the server follows. */
  readonly words: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const root = fileURLToPath(new URL('../../..', import.meta.url))
const peerVersion = '0.15.1'

export const tether: Contestant = {
  name: 'mcp-tether',
  words: [fileURLToPath(new URL('bin/mcp-tether.js', import.meta.resolve('mcp-tether/package.json')))],
}

/** The peer, from a folder of its own: it is no dependency of anything here. Installs it where it is missing. */
export function installedPeer(tell: (line: string) => void): Contestant {
  const folder = join(root, '.cache', `mcp-remote-${peerVersion}`)
  const entry = join(folder, 'node_modules/mcp-remote/dist/proxy.js')
  if (!existsSync(entry)) {
    tell(`installing mcp-remote ${peerVersion} into .cache`)
    mkdirSync(folder, { recursive: true })
    const words = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, `mcp-remote@${peerVersion}`]
    const { status, stderr } = spawnSync('npm', words, { cwd: folder, encoding: 'utf8' })
    if (status !== 0 || !existsSync(entry)) throw new Error(`mcp-remote ${peerVersion} can't be installed: ${stderr}`)
  }
  // What it would keep about servers does not belong into the user's own directory.
  return { name: 'mcp-remote', words: [entry], env: { MCP_REMOTE_CONFIG_DIR: join(folder, 'config') } }
}

const barePipe = fileURLToPath(new URL('bare-pipe.js', import.meta.url))

/** What any bridge on Node must at least cost. */
export const floors: readonly Contestant[] = [
  { name: 'pipe, Responses', words: [barePipe, 'responses'] },
  { name: 'pipe, node:http', words: [barePipe, 'plain'] },
]
