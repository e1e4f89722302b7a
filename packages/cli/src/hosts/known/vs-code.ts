import type { Host } from '../host.js'
import { appDataDirectory, joinOn } from './places.js'
import { readEntry } from './read-entry.js'
import { commandEntry } from './write-entry.js'

/** https://code.visualstudio.com/docs/copilot/reference/mcp-configuration */
export const vsCode: Host = {
  id: 'vscode',
  title: 'VS Code',
  aliases: ['vs-code', 'code', 'copilot'],
  format: 'json',
  locations: (machine) => [
    {
      scope: 'user',
      paths: [joinOn(machine, appDataDirectory(machine), 'Code', 'User', 'mcp.json')],
      section: ['servers'],
    },
    {
      scope: 'project',
      paths: [joinOn(machine, machine.workingDirectory, '.vscode', 'mcp.json')],
      section: ['servers'],
    },
  ],
  variables: { how: 'reference', write: (name) => `\${env:${name}}` },
  reload: 'start the server in VS Code with "MCP: List Servers"',
  write: (launch) => ({ type: 'stdio', ...commandEntry(launch) }),
  read: (entry) => readEntry(entry, { url: ['url'] }),
}
