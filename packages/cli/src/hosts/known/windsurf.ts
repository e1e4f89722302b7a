import type { Host } from '../host.js'
import { joinOn } from './places.js'
import { readEntry } from './read-entry.js'
import { commandEntry } from './write-entry.js'

/** https://docs.windsurf.com/windsurf/cascade/mcp */
export const windsurf: Host = {
  id: 'windsurf',
  title: 'Windsurf',
  aliases: ['cascade', 'codeium'],
  format: 'json',
  locations: (machine) => [
    {
      scope: 'user',
      paths: [joinOn(machine, machine.homeDirectory, '.codeium', 'windsurf', 'mcp_config.json')],
      section: ['mcpServers'],
    },
  ],
  variables: { how: 'reference', write: (name) => `\${env:${name}}` },
  needsCmd: true,
  reload: 'press the refresh button of the MCP panel in Windsurf',
  write: commandEntry,
  read: (entry) => readEntry(entry, { url: ['serverUrl', 'url'] }),
}
