import type { Host } from '../host.js'
import { joinOn, roamingDirectory, xdgConfigDirectory } from './places.js'
import { readEntry } from './read-entry.js'
import { commandEntry } from './write-entry.js'

/** https://zed.dev/docs/ai/mcp */
export const zed: Host = {
  id: 'zed',
  title: 'Zed',
  aliases: [],
  format: 'json',
  locations(machine) {
    const { platform, homeDirectory, workingDirectory } = machine
    const user = {
      darwin: joinOn(machine, homeDirectory, '.config', 'zed'),
      win32: joinOn(machine, roamingDirectory(machine), 'Zed'),
    }
    const directory = platform === 'darwin' || platform === 'win32' ? user[platform] : undefined
    return [
      {
        scope: 'user',
        paths: [joinOn(machine, directory ?? joinOn(machine, xdgConfigDirectory(machine), 'zed'), 'settings.json')],
        section: ['context_servers'],
      },
      {
        scope: 'project',
        paths: [joinOn(machine, workingDirectory, '.zed', 'settings.json')],
        section: ['context_servers'],
      },
    ]
  },
  variables: { how: 'inherit' },
  needsCmd: true,
  reload: 'save the settings in Zed once, or restart it',
  write: (launch) => ({ source: 'custom', ...commandEntry(launch) }),
  read: (entry) => readEntry(entry, { url: ['url'], dropped: ['source', 'type'] }),
}
