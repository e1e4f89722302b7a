import type { Host } from '../host.js'
import { joinOn } from './places.js'
import { readEntry } from './read-entry.js'
import { commandEntry } from './write-entry.js'

/** https://geminicli.com/docs/tools/mcp-server */
export const geminiCli: Host = {
  id: 'gemini-cli',
  title: 'Gemini CLI',
  aliases: ['gemini'],
  format: 'json',
  locations: (machine) => [
    {
      scope: 'user',
      paths: [joinOn(machine, machine.homeDirectory, '.gemini', 'settings.json')],
      section: ['mcpServers'],
    },
    {
      scope: 'project',
      paths: [joinOn(machine, machine.workingDirectory, '.gemini', 'settings.json')],
      section: ['mcpServers'],
    },
  ],
  variables: { how: 'reference', write: (name) => `\${${name}}` },
  reload: 'restart Gemini CLI',
  write: commandEntry,
  read: (entry) => readEntry(entry, { url: ['httpUrl', 'url'] }),
}
