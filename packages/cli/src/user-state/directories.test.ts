import { describe, expect, it } from 'vitest'
import { type DirectoryFacts, userDirectories } from './directories.js'

const linux: DirectoryFacts = { platform: 'linux', environment: {}, homeDirectory: '/home/ada' }
const mac: DirectoryFacts = { platform: 'darwin', environment: {}, homeDirectory: '/Users/ada' }
const windows: DirectoryFacts = { platform: 'win32', environment: {}, homeDirectory: 'C:\\Users\\ada' }

describe("the user's directories", () => {
  it.each<[string, DirectoryFacts, string, string]>([
    ['Linux', linux, '/home/ada/.local/share/mcp-tether/credentials', '/home/ada/.local/share/mcp-tether/running'],
    [
      'Linux with XDG variables',
      { ...linux, environment: { XDG_DATA_HOME: '/data', XDG_RUNTIME_DIR: '/run/user/1000' } },
      '/data/mcp-tether/credentials',
      '/run/user/1000/mcp-tether',
    ],
    [
      'Linux with relative XDG variables, which the specification says to ignore',
      { ...linux, environment: { XDG_DATA_HOME: 'data', XDG_RUNTIME_DIR: '' } },
      '/home/ada/.local/share/mcp-tether/credentials',
      '/home/ada/.local/share/mcp-tether/running',
    ],
    [
      'another Unix',
      { ...linux, platform: 'freebsd' },
      '/home/ada/.local/share/mcp-tether/credentials',
      '/home/ada/.local/share/mcp-tether/running',
    ],
    [
      'macOS, where XDG variables are not asked',
      { ...mac, environment: { XDG_DATA_HOME: '/data' } },
      '/Users/ada/Library/Application Support/mcp-tether/credentials',
      '/Users/ada/Library/Application Support/mcp-tether/running',
    ],
    [
      'Windows',
      { ...windows, environment: { LOCALAPPDATA: 'D:\\Local' } },
      'D:\\Local\\mcp-tether\\credentials',
      'D:\\Local\\mcp-tether\\running',
    ],
    [
      'Windows without LOCALAPPDATA (a host that cleans its environment)',
      windows,
      'C:\\Users\\ada\\AppData\\Local\\mcp-tether\\credentials',
      'C:\\Users\\ada\\AppData\\Local\\mcp-tether\\running',
    ],
    [
      'MCP_TETHER_HOME above all',
      { ...linux, environment: { MCP_TETHER_HOME: '/tmp/x/', XDG_DATA_HOME: '/data', XDG_RUNTIME_DIR: '/run/u' } },
      '/tmp/x/credentials',
      '/tmp/x/running',
    ],
    [
      'MCP_TETHER_HOME on Windows',
      { ...windows, environment: { MCP_TETHER_HOME: 'D:/x' } },
      'D:\\x\\credentials',
      'D:\\x\\running',
    ],
    [
      'an empty MCP_TETHER_HOME is none',
      { ...linux, environment: { MCP_TETHER_HOME: '' } },
      '/home/ada/.local/share/mcp-tether/credentials',
      '/home/ada/.local/share/mcp-tether/running',
    ],
  ])('%s', (_case, facts, credentials, running) => {
    expect(userDirectories(facts)).toMatchObject({ credentials, running })
  })

  it('are looked for in both places that bridges of one user may know', () => {
    const environment = { XDG_RUNTIME_DIR: '/run/user/1000' }
    expect(userDirectories({ ...linux, environment }).runningAnywhere).toEqual([
      '/run/user/1000/mcp-tether',
      '/home/ada/.local/share/mcp-tether/running',
    ])
    expect(userDirectories(mac).runningAnywhere).toHaveLength(1)
  })

  it('are not guessed from a relative MCP_TETHER_HOME', () => {
    expect(() => userDirectories({ ...linux, environment: { MCP_TETHER_HOME: 'x' } })).toThrow(
      'MCP_TETHER_HOME is "x"; expected an absolute path of a directory',
    )
  })
})
