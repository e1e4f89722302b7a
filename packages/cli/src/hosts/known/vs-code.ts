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
  advice({ env }, text) {
    const asked = Object.values(env).flatMap((value) => [...value.matchAll(/\$\{input:([^}]+)\}/g)])
    const missing = asked.map(([, id = '']) => id).find((id) => !text.includes(JSON.stringify(id)))
    return missing === undefined
      ? undefined
      : `VS Code asks for \${input:${missing}} once "inputs" of that file has ` +
          `{ "type": "promptString", "id": ${JSON.stringify(missing)}, "description": "…", "password": true }`
  },
}
