import type { Host } from '../host.js'
import { appDataDirectory, joinOn, localDirectory } from './places.js'
import { readEntry } from './read-entry.js'
import { commandEntry } from './write-entry.js'

const file = 'claude_desktop_config.json'

/** https://modelcontextprotocol.io/docs/develop/connect-local-servers */
export const claudeDesktop: Host = {
  id: 'claude-desktop',
  title: 'Claude Desktop',
  aliases: [],
  format: 'json',
  locations(machine) {
    const usual = joinOn(machine, appDataDirectory(machine), 'Claude', file)
    // The package of the Microsoft Store keeps its files apart.
    const packaged = joinOn(
      machine,
      localDirectory(machine),
      'Packages',
      'Claude_pzs8sxrjxfjjc',
      'LocalCache',
      'Roaming',
      'Claude',
      file,
    )
    const paths = machine.platform === 'win32' ? [usual, packaged] : [usual]
    return [{ scope: 'user', paths, section: ['mcpServers'] }]
  },
  variables: { how: 'none' },
  reload: 'quit Claude Desktop and start it again',
  write: commandEntry,
  read: (entry) => readEntry(entry, { url: ['url'] }),
}
