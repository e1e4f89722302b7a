import { describe, expect, it } from 'vitest'
import { findHost } from '../find-host.js'
import { hosts } from '../known/host-table.js'
import { parseHeaderValue } from './header-value.js'
import { launchOf, type LaunchRequest } from './launch.js'

const plain: LaunchRequest = { url: 'https://h.example/mcp', headers: [], options: [] }
const header = (name: string, value: string) => ({ name, value: parseHeaderValue(value) })

describe('the command line', () => {
  it.each([
    ['linux', 'npx -y mcp-tether https://h.example/mcp', []],
    ['darwin', 'npx -y mcp-tether https://h.example/mcp', []],
    ['win32', 'npx -y mcp-tether https://h.example/mcp', ['claude-code', 'windsurf', 'codex', 'zed']],
  ] as const)('on %s is %s, behind cmd /c for %j', (platform, expected, behindCmd) => {
    for (const host of hosts) {
      const { command, args } = launchOf(plain, host, platform)
      const line = (behindCmd as readonly string[]).includes(host.id) ? `cmd /c ${expected}` : expected
      expect([host.id, command, ...args].join(' ')).toBe(`${host.id} ${line}`)
    }
  })

  it.each([
    ['linux', 'https://h/mcp?a=1&b=2', true],
    ['win32', 'https://h/mcp?a=1&b=2', false],
    ['win32', 'https://h/a%20b', false],
    ['linux', 'https://h/a%20b', true],
    ['linux', 'https://h/mcp?api_key=abcdef', false],
    ['linux', 'https://h/s/OGE5ZmY0NzAtZjE2Ny00ZmQ2/mcp', false],
    ['linux', '${input:server}/mcp', false],
  ] as const)('on %s holds the address %s: %s', (platform, url, inArguments) => {
    const { args, env } = launchOf({ ...plain, url }, findHost('cursor'), platform)
    expect(args.includes(url)).toBe(inArguments)
    expect(env.MCP_TETHER_URL).toBe(inArguments ? undefined : url)
  })

  it('holds options, but for those that a host or a shell would break up, and those that are secret', () => {
    const options = [
      { flag: '--replay', variable: 'MCP_TETHER_REPLAY', values: ['hinted'] },
      { flag: '--verbose', variable: 'MCP_TETHER_VERBOSE', values: [] },
      { flag: '--ca', variable: 'MCP_TETHER_CA', values: ['C:\\My Files\\ca.pem'] },
      { flag: '--dialects', variable: 'MCP_TETHER_DIALECTS', values: ['a', 'b'] },
      { flag: '--key-passphrase', variable: 'MCP_TETHER_KEY_PASSPHRASE', values: ['sesame'], secret: true },
    ]
    expect(launchOf({ ...plain, options }, findHost('cursor'), 'win32')).toEqual({
      command: 'npx',
      args: ['-y', 'mcp-tether', plain.url, '--replay', 'hinted', '--verbose', '--dialects', 'a', '--dialects', 'b'],
      env: { MCP_TETHER_CA: 'C:\\My Files\\ca.pem', MCP_TETHER_KEY_PASSPHRASE: 'sesame' },
      variables: [],
    })
  })
})

describe('headers', () => {
  const headers = [header('Authorization', 'Bearer ${TOKEN}'), header('X-A', 'b c'), header('x_a', 'd')]
  const args = (first: string) => [
    '--header',
    first,
    '--header',
    'X-A:${TETHER_X_A}',
    '--header',
    'x_a:${TETHER_X_A_2}',
  ]
  const env = { TETHER_X_A: 'b c', TETHER_X_A_2: 'd' }
  const referred = args('Authorization:${TETHER_AUTHORIZATION}')
  const inherited = args('Authorization:${TETHER_AUTHORIZATION}${TOKEN}')

  it.each([
    ['claude-code', [], { MCP_TETHER_HEADERS: 'Authorization: Bearer ${TOKEN}\nX-A: b c\nx_a: d' }, []],
    ['cursor', referred, { ...env, TETHER_AUTHORIZATION: 'Bearer ${env:TOKEN}' }, []],
    ['vscode', referred, { ...env, TETHER_AUTHORIZATION: 'Bearer ${env:TOKEN}' }, []],
    ['windsurf', referred, { ...env, TETHER_AUTHORIZATION: 'Bearer ${env:TOKEN}' }, []],
    ['gemini-cli', referred, { ...env, TETHER_AUTHORIZATION: 'Bearer ${TOKEN}' }, []],
    ['codex', inherited, { ...env, TETHER_AUTHORIZATION: 'Bearer ' }, ['TOKEN']],
    ['zed', inherited, { ...env, TETHER_AUTHORIZATION: 'Bearer ' }, []],
  ])('of %s', (id, expectedArgs, expectedEnv, variables) => {
    const launch = launchOf({ ...plain, headers }, findHost(id), 'linux')
    expect(launch.args.slice(3)).toEqual(expectedArgs)
    expect(launch.env).toEqual(expectedEnv)
    expect(launch.variables).toEqual(variables)
  })

  it('of Claude Desktop have their values, since it hands nothing on', () => {
    const host = findHost('claude-desktop')
    expect(() => launchOf({ ...plain, headers }, host, 'linux')).toThrow(
      '--header was given ${TOKEN}, and Claude Desktop hands no variables of its own on to servers',
    )
    expect(launchOf({ ...plain, headers: [header('A', 'secret')] }, host, 'linux').env).toEqual({ TETHER_A: 'secret' })
  })

  it('never stand in an argument, in no host and on no platform', () => {
    const secret = 'sk-live 123'
    for (const host of hosts) {
      for (const platform of ['linux', 'darwin', 'win32'] as const) {
        const { args: words, command } = launchOf({ ...plain, headers: [header('A', secret)] }, host, platform)
        expect([command, ...words].filter((word) => /sk-live|\s/.test(word))).toEqual([])
      }
    }
  })
})
