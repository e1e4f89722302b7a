import { describe, expect, it } from 'vitest'
import type { Machine } from '../host.js'
import { hosts } from './host-table.js'

const linux: Machine = {
  platform: 'linux',
  environment: {},
  homeDirectory: '/home/ada',
  workingDirectory: '/home/ada/shop',
}
const mac: Machine = { ...linux, platform: 'darwin', homeDirectory: '/Users/ada' }
const windows: Machine = {
  platform: 'win32',
  environment: {},
  homeDirectory: 'C:\\Users\\ada',
  workingDirectory: 'D:\\shop',
}
const packaged =
  'C:\\Users\\ada\\AppData\\Local\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json'

/** By host: where each scope's files are. */
const table: Record<string, { linux: object; mac: object; windows: object }> = {
  'claude-code': {
    linux: { user: '/home/ada/.claude.json', project: '/home/ada/shop/.mcp.json', local: '/home/ada/.claude.json' },
    mac: { user: '/Users/ada/.claude.json', project: '/home/ada/shop/.mcp.json', local: '/Users/ada/.claude.json' },
    windows: {
      user: 'C:\\Users\\ada\\.claude.json',
      project: 'D:\\shop\\.mcp.json',
      local: 'C:\\Users\\ada\\.claude.json',
    },
  },
  'claude-desktop': {
    linux: { user: '/home/ada/.config/Claude/claude_desktop_config.json' },
    mac: { user: '/Users/ada/Library/Application Support/Claude/claude_desktop_config.json' },
    windows: { user: `C:\\Users\\ada\\AppData\\Roaming\\Claude\\claude_desktop_config.json or ${packaged}` },
  },
  cursor: {
    linux: { user: '/home/ada/.cursor/mcp.json', project: '/home/ada/shop/.cursor/mcp.json' },
    mac: { user: '/Users/ada/.cursor/mcp.json', project: '/home/ada/shop/.cursor/mcp.json' },
    windows: { user: 'C:\\Users\\ada\\.cursor\\mcp.json', project: 'D:\\shop\\.cursor\\mcp.json' },
  },
  vscode: {
    linux: { user: '/home/ada/.config/Code/User/mcp.json', project: '/home/ada/shop/.vscode/mcp.json' },
    mac: {
      user: '/Users/ada/Library/Application Support/Code/User/mcp.json',
      project: '/home/ada/shop/.vscode/mcp.json',
    },
    windows: {
      user: 'C:\\Users\\ada\\AppData\\Roaming\\Code\\User\\mcp.json',
      project: 'D:\\shop\\.vscode\\mcp.json',
    },
  },
  windsurf: {
    linux: { user: '/home/ada/.codeium/windsurf/mcp_config.json' },
    mac: { user: '/Users/ada/.codeium/windsurf/mcp_config.json' },
    windows: { user: 'C:\\Users\\ada\\.codeium\\windsurf\\mcp_config.json' },
  },
  'gemini-cli': {
    linux: { user: '/home/ada/.gemini/settings.json', project: '/home/ada/shop/.gemini/settings.json' },
    mac: { user: '/Users/ada/.gemini/settings.json', project: '/home/ada/shop/.gemini/settings.json' },
    windows: { user: 'C:\\Users\\ada\\.gemini\\settings.json', project: 'D:\\shop\\.gemini\\settings.json' },
  },
  codex: {
    linux: { user: '/home/ada/.codex/config.toml', project: '/home/ada/shop/.codex/config.toml' },
    mac: { user: '/Users/ada/.codex/config.toml', project: '/home/ada/shop/.codex/config.toml' },
    windows: { user: 'C:\\Users\\ada\\.codex\\config.toml', project: 'D:\\shop\\.codex\\config.toml' },
  },
  zed: {
    linux: { user: '/home/ada/.config/zed/settings.json', project: '/home/ada/shop/.zed/settings.json' },
    mac: { user: '/Users/ada/.config/zed/settings.json', project: '/home/ada/shop/.zed/settings.json' },
    windows: {
      user: 'C:\\Users\\ada\\AppData\\Roaming\\Zed\\settings.json',
      project: 'D:\\shop\\.zed\\settings.json',
    },
  },
}

function pathsOf(id: string, machine: Machine): object {
  const locations = hosts.find((host) => host.id === id)?.locations(machine) ?? []
  return Object.fromEntries(locations.map(({ scope, paths }) => [scope, paths.join(' or ')]))
}

describe('where hosts keep their configuration', () => {
  it('is known of every host', () => {
    expect(Object.keys(table)).toEqual(hosts.map(({ id }) => id))
  })

  it.each(Object.entries(table))('%s', (id, expected) => {
    expect(pathsOf(id, linux)).toEqual(expected.linux)
    expect(pathsOf(id, mac)).toEqual(expected.mac)
    expect(pathsOf(id, windows)).toEqual(expected.windows)
  })

  it.each<[string, Machine, NodeJS.ProcessEnv, string]>([
    ['claude-code', linux, { CLAUDE_CONFIG_DIR: '/conf' }, '/conf/.claude.json'],
    ['codex', mac, { CODEX_HOME: '/conf/codex' }, '/conf/codex/config.toml'],
    ['codex', mac, { CODEX_HOME: 'relative' }, '/Users/ada/.codex/config.toml'],
    ['vscode', linux, { XDG_CONFIG_HOME: '/xdg' }, '/xdg/Code/User/mcp.json'],
    ['claude-desktop', linux, { XDG_CONFIG_HOME: '/xdg' }, '/xdg/Claude/claude_desktop_config.json'],
    ['zed', linux, { XDG_CONFIG_HOME: '/xdg' }, '/xdg/zed/settings.json'],
    ['zed', mac, { XDG_CONFIG_HOME: '/xdg' }, '/Users/ada/.config/zed/settings.json'],
    ['vscode', windows, { APPDATA: 'E:\\Roaming' }, 'E:\\Roaming\\Code\\User\\mcp.json'],
    ['zed', windows, { APPDATA: 'E:\\Roaming' }, 'E:\\Roaming\\Zed\\settings.json'],
  ])('%s follows the environment', (id, machine, environment, expected) => {
    expect(pathsOf(id, { ...machine, environment })).toMatchObject({ user: expected })
  })

  it('Claude Code names a project by its path, with forward slashes on Windows', () => {
    const sections = [linux, windows].map(
      (machine) => hosts[0]?.locations(machine).find(({ scope }) => scope === 'local')?.section,
    )
    expect(sections).toEqual([
      ['projects', '/home/ada/shop', 'mcpServers'],
      ['projects', 'D:/shop', 'mcpServers'],
    ])
  })
})
