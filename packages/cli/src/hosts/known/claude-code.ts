import { win32 } from 'node:path'
import type { Host, Machine } from '../host.js'
import { directoryFrom, joinOn } from './places.js'
import { readEntry } from './read-entry.js'
import { commandEntry } from './write-entry.js'

/** https://code.claude.com/docs/en/mcp */
export const claudeCode: Host = {
  id: 'claude-code',
  title: 'Claude Code',
  aliases: ['claude'],
  format: 'json',
  locations(machine) {
    const directory = directoryFrom(machine, 'CLAUDE_CONFIG_DIR') ?? machine.homeDirectory
    const own = [joinOn(machine, directory, '.claude.json')]
    return [
      { scope: 'user', paths: own, section: ['mcpServers'] },
      {
        scope: 'project',
        paths: [joinOn(machine, machine.workingDirectory, '.mcp.json')],
        section: ['mcpServers'],
      },
      { scope: 'local', paths: own, section: ['projects', projectKey(machine), 'mcpServers'] },
    ]
  },
  variables: { how: 'reference', write: (name) => `\${${name}}` },
  // A reference that its own environment can't resolve makes it drop the server (anthropics/claude-code#60513).
  expandsArguments: true,
  needsCmd: true,
  reload: 'restart Claude Code',
  write: (launch) => ({ type: 'stdio', ...commandEntry(launch) }),
  read: (entry) => readEntry(entry, { url: ['url'] }),
}

/** Claude Code names its projects by their path, on Windows with forward slashes. */
function projectKey({ platform, workingDirectory }: Machine): string {
  return platform === 'win32' ? workingDirectory.replaceAll(win32.sep, '/') : workingDirectory
}
