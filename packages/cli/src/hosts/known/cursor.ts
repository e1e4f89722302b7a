import type { Host } from '../host.js'
import { joinOn } from './places.js'
import { readEntry } from './read-entry.js'
import { commandEntry } from './write-entry.js'

/** https://cursor.com/docs/mcp */
export const cursor: Host = {
  id: 'cursor',
  title: 'Cursor',
  aliases: [],
  format: 'json',
  locations: (machine) => [
    {
      scope: 'user',
      paths: [joinOn(machine, machine.homeDirectory, '.cursor', 'mcp.json')],
      section: ['mcpServers'],
    },
    {
      scope: 'project',
      paths: [joinOn(machine, machine.workingDirectory, '.cursor', 'mcp.json')],
      section: ['mcpServers'],
    },
  ],
  variables: { how: 'reference', write: (name) => `\${env:${name}}` },
  reload: "switch the server on in Cursor's settings, under MCP",
  write: commandEntry,
  read: (entry) => readEntry(entry, { url: ['url'] }),
}
