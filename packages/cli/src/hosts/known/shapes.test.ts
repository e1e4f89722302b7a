import { describe, expect, it } from 'vitest'
import { findHost } from '../find-host.js'
import { translate } from '../translate.js'

/** An entry as the host documents it, and what `wrap` makes of it on Linux. */
const table: [host: string, entry: object, wrapped: object][] = [
  [
    'claude-code',
    { type: 'http', url: 'https://h/mcp', headers: { Authorization: 'Bearer ${TOKEN}', 'X-A': 'b' }, timeout: 5 },
    {
      type: 'stdio',
      command: 'npx',
      args: ['-y', 'mcp-tether', 'https://h/mcp'],
      env: { MCP_TETHER_HEADERS: 'Authorization: Bearer ${TOKEN}\nX-A: b' },
      timeout: 5,
    },
  ],
  ['claude-desktop', { url: 'https://h/mcp' }, { command: 'npx', args: ['-y', 'mcp-tether', 'https://h/mcp'] }],
  [
    'cursor',
    { url: 'https://h/mcp', headers: { Authorization: 'Bearer ${env:TOKEN}' } },
    {
      command: 'npx',
      args: ['-y', 'mcp-tether', 'https://h/mcp', '--header', 'Authorization:${TETHER_AUTHORIZATION}'],
      env: { TETHER_AUTHORIZATION: 'Bearer ${env:TOKEN}' },
    },
  ],
  [
    'vscode',
    { type: 'http', url: 'https://h/mcp', headers: { 'X-Api-Key': '${input:key}' }, gallery: true },
    {
      type: 'stdio',
      command: 'npx',
      args: ['-y', 'mcp-tether', 'https://h/mcp', '--header', 'X-Api-Key:${TETHER_X_API_KEY}'],
      env: { TETHER_X_API_KEY: '${input:key}' },
      gallery: true,
    },
  ],
  [
    'windsurf',
    { serverUrl: '${env:SERVER}/mcp', disabledTools: ['x'], disabled: true },
    {
      command: 'npx',
      args: ['-y', 'mcp-tether'],
      env: { MCP_TETHER_URL: '${env:SERVER}/mcp' },
      disabledTools: ['x'],
      disabled: true,
    },
  ],
  [
    'gemini-cli',
    { httpUrl: 'https://h/mcp', headers: { 'Content-Type': 'application/json', 'X-A': '$KEY' }, trust: true },
    {
      command: 'npx',
      args: ['-y', 'mcp-tether', 'https://h/mcp', '--header', 'X-A:${TETHER_X_A}'],
      env: { TETHER_X_A: '$KEY' },
      trust: true,
    },
  ],
  ['gemini-cli', { url: 'https://h/sse' }, { command: 'npx', args: ['-y', 'mcp-tether', 'https://h/sse'] }],
  [
    'codex',
    {
      url: 'https://h/mcp',
      bearer_token_env_var: 'TOKEN',
      http_headers: { 'X-A': 'b' },
      env_http_headers: { 'X-C': 'KEY' },
      tool_timeout_sec: 60,
      enabled: false,
    },
    {
      command: 'npx',
      args: [
        '-y',
        'mcp-tether',
        'https://h/mcp',
        '--header',
        'X-A:${TETHER_X_A}',
        '--header',
        'X-C:${KEY}',
        '--header',
        'Authorization:${TETHER_AUTHORIZATION}${TOKEN}',
      ],
      env: { TETHER_X_A: 'b', TETHER_AUTHORIZATION: 'Bearer ' },
      env_vars: ['KEY', 'TOKEN'],
      tool_timeout_sec: 60,
      enabled: false,
    },
  ],
  [
    'zed',
    { source: 'custom', url: 'https://h/mcp?key=abcdefgh', headers: { A: '${literal}' }, enabled: true },
    {
      source: 'custom',
      command: 'npx',
      args: ['-y', 'mcp-tether', '--header', 'A:${TETHER_A}'],
      env: { MCP_TETHER_URL: 'https://h/mcp?key=abcdefgh', TETHER_A: '${literal}' },
      enabled: true,
    },
  ],
]

describe('wrap', () => {
  it.each(table)('of %s translates %j', (id, entry, expected) => {
    const host = findHost(id)
    expect(translate(host, host.read(entry), 'linux')).toMatchObject({ entry: expected })
    expect(host.read(expected)).toMatchObject({ kind: 'command' })
  })

  it.each([
    ['claude-code', { type: 'http', url: 'https://h', headersHelper: '/bin/x' }, 'it has "headersHelper"'],
    ['claude-code', { type: 'http', url: 'https://h', oauth: { clientId: 'x' } }, 'it has "oauth"'],
    ['claude-code', { type: 'ws', url: 'wss://h' }, 'its type is "ws"'],
    ['cursor', { url: 'https://h', auth: { CLIENT_ID: 'x' } }, 'it has "auth"'],
    ['gemini-cli', { httpUrl: 'https://h', authProviderType: 'google_credentials' }, 'it has "authProviderType"'],
    ['codex', { url: 'https://h', scopes: ['a'] }, 'it has "scopes"'],
    ['codex', { url: 'https://h', oauth_resource: 'r' }, 'it has "oauth_resource"'],
    ['vscode', { type: 'http', url: 'unix:///tmp/s.sock' }, 'its address is a unix: address'],
    ['cursor', { url: 'nonsense' }, 'its address is no URL'],
    ['cursor', { url: 'https://me:pw@h/' }, 'its address holds a user name or password'],
    ['cursor', { url: 'https://h', headers: ['A: b'] }, 'its "headers" are no object'],
    ['cursor', { url: 'https://h', headers: { A: 1 } }, 'the value of its header "A" is no text'],
    ['cursor', { url: 'https://h', headers: { A: 'x\ny' } }, 'its header A holds a line break'],
  ])('of %s leaves %j alone, and says why', (id, entry, reason) => {
    const host = findHost(id)
    const translated = translate(host, host.read(entry), 'linux')
    expect(translated).toMatchObject({ reason: expect.stringContaining(reason) as string })
  })

  it.each([null, 'x', 1, [], {}, { command: 'node', args: ['x'] }, { settings: {} }])(
    'has nothing to do with %j',
    (entry) => {
      for (const id of ['claude-code', 'codex', 'zed']) {
        const host = findHost(id)
        expect(translate(host, host.read(entry), 'linux')).toBeUndefined()
      }
    },
  )

  it('lets the bridge talk http: where the host did', () => {
    const host = findHost('cursor')
    expect(translate(host, host.read({ url: 'http://10.0.0.1/mcp' }), 'linux')).toMatchObject({
      entry: { args: ['-y', 'mcp-tether', 'http://10.0.0.1/mcp', '--allow-http'] },
      notes: ['its address is http: to another machine, so --allow-http is added'],
    })
    expect(translate(host, host.read({ url: 'http://localhost:1/mcp' }), 'linux')).toMatchObject({ notes: [] })
  })

  it('says which header the bridge sets itself', () => {
    const host = findHost('gemini')
    expect(translate(host, host.read({ httpUrl: 'https://h/', headers: { ACCEPT: 'x' } }), 'linux')).toMatchObject({
      notes: ['the header ACCEPT is left out, since the bridge sets it itself'],
    })
  })
})

describe('names of hosts', () => {
  it.each([
    ['Claude Code', 'claude-code'],
    ['claude', 'claude-code'],
    ['vs-code', 'vscode'],
    ['GEMINI', 'gemini-cli'],
    ['codex-cli', 'codex'],
  ])('%s is %s', (given, id) => {
    expect(findHost(given).id).toBe(id)
  })

  it('are suggested', () => {
    expect(() => findHost('windsruf')).toThrow('"windsruf" is no host that mcp-tether knows; expected one of')
    expect(() => findHost('windsruf')).toThrow('Did you mean windsurf?')
    expect(() => findHost('emacs-everywhere')).toThrow(/zed\.$/)
  })
})
