import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseTOML, getStaticTOMLValue } from 'toml-eslint-parser'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCli, startCli } from '../testing/cli-process.fixture.js'
import { initializeLine, mcpScript, startScriptedServer } from '../testing/scripted-server.fixture.js'
import { testCertificate } from '../testing/tls-identity.fixture.js'

let home: string
let closers: (() => unknown)[] = []
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mcp-tether-home-'))
  closers = [() => rm(home, { recursive: true })]
})
afterEach(async () => {
  for (const close of closers.reverse()) await close()
})

/** The built command, for a user of whom there is nothing yet. */
const run = (...args: string[]) =>
  runCli(args, {
    HOME: home,
    USERPROFILE: home,
    XDG_CONFIG_HOME: '',
    APPDATA: '',
    MCP_TETHER_HOME: join(home, 'state'),
  })

interface Entry {
  readonly args: readonly string[]
  readonly env?: Record<string, string>
  readonly env_vars?: readonly string[]
}

type Variables = Record<string, string>

const cursorReference = /\$\{env:(\w+)\}/g
const shellReference = /\$\{(\w+)\}/g

/** Replaces references in everything that an entry says. */
function resolved({ args, env = {} }: Entry, pattern: RegExp, variables: Variables, unset: (whole: string) => string) {
  const fill = (text: string): string => text.replace(pattern, (whole, name: string) => variables[name] ?? unset(whole))
  const filled = Object.entries(env).map(([name, value]): [string, string] => [name, fill(value)])
  return { args: args.map(fill), env: Object.fromEntries(filled) }
}

const leave = (whole: string): string => whole
const drop = (whole: string): string => {
  throw new Error(`Claude Code drops a server with ${whole}, which is not set`)
}

/** Where each host's file is, and how the host starts what is in it, as it documents (or as its source says). */
const startedBy: Record<
  string,
  {
    file: string
    section: string
    start: (entry: Entry, own: Variables) => { args: readonly string[]; env: Variables }
  }
> = {
  'claude-code': {
    file: '.claude.json',
    section: 'mcpServers',
    start: (entry, own) => resolved(entry, shellReference, own, drop),
  },
  cursor: {
    file: '.cursor/mcp.json',
    section: 'mcpServers',
    start: (entry, own) => resolved(entry, cursorReference, own, leave),
  },
  vscode: {
    file:
      process.platform === 'darwin' ? 'Library/Application Support/Code/User/mcp.json' : '.config/Code/User/mcp.json',
    section: 'servers',
    start: (entry, own) => resolved(entry, cursorReference, own, leave),
  },
  windsurf: {
    file: '.codeium/windsurf/mcp_config.json',
    section: 'mcpServers',
    start: (entry, own) => resolved(entry, cursorReference, own, leave),
  },
  'gemini-cli': {
    file: '.gemini/settings.json',
    section: 'mcpServers',
    start: (entry, own) => resolved(entry, shellReference, own, leave),
  },
  codex: {
    file: '.codex/config.toml',
    section: 'mcp_servers',
    start: ({ args, env = {}, env_vars: names = [] }, own) => ({
      args,
      env: { ...Object.fromEntries(names.map((name) => [name, own[name] ?? ''])), ...env },
    }),
  },
  zed: {
    file: '.config/zed/settings.json',
    section: 'context_servers',
    start: ({ args, env = {} }, own) => ({ args, env: { ...own, ...env } }),
  },
}

async function entryOf(host: string, name: string): Promise<Entry> {
  const { file, section } = startedBy[host] ?? { file: '', section: '' }
  const text = await readFile(join(home, file), 'utf8')
  const config = file.endsWith('.toml') ? getStaticTOMLValue(parseTOML(text)) : (JSON.parse(text) as object)
  return (config as Record<string, Record<string, Entry>>)[section]?.[name] ?? { args: [] }
}

describe('a server that add has put into a host', () => {
  it.each(Object.keys(startedBy))('%s gets its headers, and no argument holds a secret', async (host) => {
    const server = await startScriptedServer(mcpScript(() => undefined))
    closers.push(server.close)
    const headers = ['--header', 'Authorization: Bearer ${SHOP_TOKEN}', '--header', 'X-Shop: geheim 7']
    const added = await run('add', host, 'shop', `${server.url.href}?key=abcdefgh`, ...headers, '--replay', 'hinted')
    expect([added.code, added.stdout]).toEqual([0, ''])

    const launch = startedBy[host]?.start(await entryOf(host, 'shop'), { SHOP_TOKEN: 'sesame-1' }) ?? {
      args: [],
      env: {},
    }
    expect(launch.args.join(' ')).not.toMatch(/sesame|geheim|abcdefgh| {2}/)
    expect(launch.args.slice(0, 2)).toEqual(['-y', 'mcp-tether'])
    const bridge = startCli(launch.args.slice(2), launch.env)
    closers.push(() => bridge.child.kill('SIGKILL'))
    bridge.send(initializeLine)
    expect(JSON.parse(await bridge.stdout.next())).toMatchObject({ id: 0, result: {} })
    const [first] = server.received
    expect(first?.headers).toMatchObject({ authorization: 'Bearer sesame-1', 'x-shop': 'geheim 7' })
    expect(first?.request.url).toContain('?key=abcdefgh')

    expect((await run('list', host)).stdout).toMatch(/shop {2}bridged {2}http:\/\/127\.0\.0\.1:\d+\/mcp\?…/)
    expect((await run('remove', host, 'shop')).code).toBe(0)
    expect((await entryOf(host, 'shop')).args).toEqual([])
  })
})

describe('the commands', () => {
  const file = (): string => join(home, '.cursor/mcp.json')

  it('wrap asks nobody where there is no terminal, and goes on with --yes', async () => {
    const direct = join(home, 'direct.json')
    const text = '{ "mcpServers": { "a": { "url": "https://a.example/mcp" } } }\n'
    await writeFile(direct, text)
    const refused = await run('wrap', 'cursor', '--file', direct)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toMatch(/^mcp-tether: wrap asks before it changes a file, [^\n]+$/)
    const shown = await run('wrap', 'cursor', '--file', direct, '--print')
    expect([shown.code, shown.stderr]).toEqual([0, ''])
    expect(shown.stdout).toMatch(/^\+.*mcp-tether/m)
    expect(await readFile(direct, 'utf8')).toBe(text)
    expect(await run('wrap', 'cursor', 'a', '--file', direct, '--yes')).toMatchObject({ code: 0, stdout: '' })
    expect(await readFile(direct, 'utf8')).toContain('mcp-tether')
    expect((await stat(join(home, 'state', 'wrapped'))).mode & 0o777).toBe(0o700)
    expect(await readdir(join(home, 'state', 'backups'))).toHaveLength(1)
    expect(await run('unwrap', 'cursor', '--file', direct, '--yes')).toMatchObject({ code: 0, stdout: '' })
    expect(await readFile(direct, 'utf8')).toBe(text)
  })

  it('options of the bridge that a host would break up go into its environment, files by their whole path', async () => {
    const bundle = join(home, 'my certificates.pem')
    await writeFile(bundle, testCertificate)
    const added = await run('add', 'cursor', 'a', 'https://a.example/', '--ca', bundle, '--', '--outage-budget', '60')
    expect([added.code, added.stderr.split('\n')[0]]).toEqual([0, `added a to Cursor: ${file()}`])
    expect(await entryOf('cursor', 'a')).toMatchObject({
      args: ['-y', 'mcp-tether', 'https://a.example/', '--outage-budget', '60'],
      env: { MCP_TETHER_CA: bundle },
    })
  })

  it('options of the same name as one of add stand behind --, and a secret one is in no argument', async () => {
    const metadata = join(home, 'meta.json')
    await writeFile(metadata, '{"client_name":"x"}')
    const client = '{"client_id":"x","client_secret":"geheim"}'
    const options = ['--client-info', client, '--client-metadata', `@${metadata}`, '--callback-path', '/back']
    const added = await run('add', 'cursor', 'a', 'https://a.example/', ...options, '--', '--scope', 'read write')
    expect([added.code, added.stdout]).toEqual([0, ''])
    expect(await entryOf('cursor', 'a')).toMatchObject({
      args: ['-y', 'mcp-tether', 'https://a.example/', '--client-metadata', `@${metadata}`, '--callback-path', '/back'],
      env: { MCP_TETHER_CLIENT_INFO: client, MCP_TETHER_SCOPE: 'read write' },
    })
  })

  it.each([
    [['add'], 2, "missing required argument 'host'"],
    [['add', 'curser', 'a', 'https://h/'], 2, 'Did you mean cursor?'],
    [['add', 'cursor', 'a', 'nonsense'], 2, '"nonsense" is not a URL'],
    [['add', 'cursor', 'a', 'http://10.0.0.1/mcp'], 2, 'is not encrypted and not on this machine'],
    [['add', 'cursor', 'a', 'https://h/', '--replay', 'always'], 2, '--replay was given "always"'],
    [
      ['add', 'cursor', 'a', 'https://h/', '--header', 'sk-secret'],
      2,
      '--header was given 9 characters without a colon',
    ],
    [['add', 'cursor', 'a', 'https://h/', '--header', 'Accept: x'], 2, 'which the bridge sets itself'],
    [['add', 'cursor', 'a', 'https://h/', '--', '--bogus'], 2, "unknown option '--bogus'"],
    [['add', 'cursor', 'a', 'https://h/', '--', 'more'], 2, 'too many arguments'],
    [['add', 'windsurf', 'a', 'https://h/', '--scope', 'project'], 2, 'which Windsurf does not have; expected user'],
    [['remove', 'cursor', 'a'], 7, 'no entry "a" in'],
    [['list', '--scope', 'user'], 2, 'were given without a host'],
    [['unwrap', 'cursor', '--yes'], 7, 'has no entries that wrap has made'],
  ] as const)('%j ends with %i, and one line that says why', async (args, code, expected) => {
    const result = await run(...args)
    expect([result.code, result.stdout]).toEqual([code, ''])
    expect(result.stderr).toMatch(/^mcp-tether: [^\n]+$/)
    expect(result.stderr).toContain(expected)
    expect(result.stderr).not.toContain('sk-secret')
  })

  it('several at once lose nothing', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const results = await Promise.all(names.map((name) => run('add', 'cursor', name, 'https://h.example/')))
    expect(results.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual(names.map(() => 0))
    for (const name of names) expect((await entryOf('cursor', name)).args).toContain('mcp-tether')
  })

  it('say of a file what is wrong with it', async () => {
    await run('add', 'cursor', 'a', 'https://a.example/')
    await chmod(file(), 0o400)
    expect(await run('remove', 'cursor', 'a')).toMatchObject({
      code: 7,
      stderr: `mcp-tether: ${file()} is read-only (mode 0400); make it writable, then try again`,
    })
  })
})
