import { mkdir, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addEntry } from './add-entry.js'
import { findHost } from './find-host.js'
import { HostFileError } from './host-file-error.js'
import { type HostsHome, makeHostsHome } from './hosts-home.fixture.js'
import { parseHeaderValue } from './launch/header-value.js'
import { listEntries } from './list-entries.js'
import { removeEntry } from './remove-entry.js'

let home: HostsHome
beforeEach(async () => (home = await makeHostsHome()))
afterEach(() => home.remove())

const places = { scope: undefined, file: undefined, print: false }

function add(host: string, name: string, more: Partial<Parameters<typeof addEntry>[0]> = {}): Promise<void> {
  const request = { url: 'https://h.example/mcp', headers: [], options: [], ...places, ...more }
  return addEntry({ ...request, host: findHost(host), name }, home.context)
}

const remove = (host: string, name: string, more: object = {}): Promise<void> =>
  removeEntry({ host, name, ...places, ...more }, home.context)

const secret = [{ name: 'Authorization', value: parseHeaderValue('Bearer sesame-1') }]

describe('add', () => {
  it.each([
    ['claude-code', '.claude.json', undefined],
    ['claude-desktop', '.config/Claude/claude_desktop_config.json', undefined],
    ['cursor', '.cursor/mcp.json', '../project/.cursor/mcp.json'],
    ['vscode', '.config/Code/User/mcp.json', '../project/.vscode/mcp.json'],
    ['windsurf', '.codeium/windsurf/mcp_config.json', undefined],
    ['gemini-cli', '.gemini/settings.json', '../project/.gemini/settings.json'],
    ['codex', '.codex/config.toml', '../project/.codex/config.toml'],
    ['zed', '.config/zed/settings.json', '../project/.zed/settings.json'],
  ])('makes the file of %s for this user alone, and remove takes the entry out', async (host, user, project) => {
    for (const [scope, file] of [
      ['user', user],
      ['project', project],
    ] as const) {
      if (file === undefined) continue
      await add(host, 'shop', { scope })
      expect(await home.read(file)).toContain('mcp-tether')
      expect(await home.modeOf(join(home.home, file))).toBe(0o600)
      await remove(host, 'shop', { scope })
      expect(await home.read(file)).not.toContain('mcp-tether')
    }
  })

  it('keeps the mode, the byte order mark and everything else', async () => {
    const text = '\ufeff{\r\n\t// mine\r\n\t"mcpServers": {\r\n\t\t"z": { "command": "x" },\r\n\t},\r\n}\r\n'
    const path = await home.write('.cursor/mcp.json', text, 0o640)
    await add('cursor', 'shop')
    const added = await home.read('.cursor/mcp.json')
    expect(added.startsWith(text.slice(0, text.indexOf('},\r\n\t},') + 2))).toBe(true)
    expect(added).not.toMatch(/[^\r]\n/)
    expect(await home.modeOf(path)).toBe(0o640)
    await remove('cursor', 'shop')
    expect(await home.read('.cursor/mcp.json')).toBe(text)
  })

  it('backs the file up: with its mode, or for this user alone when it holds a secret', async () => {
    const plain = await home.write('.cursor/mcp.json', '{ "mcpServers": {} }', 0o644)
    await add('cursor', 'a', { headers: secret })
    await add('cursor', 'b')
    const directory = home.context.backupDirectory
    const backups = (await readdir(directory)).sort().map((name) => join(directory, name))
    expect(await Promise.all(backups.map((path) => home.modeOf(path)))).toEqual([0o644, 0o600])
    expect(await readFile(backups[0] ?? '', 'utf8')).toBe('{ "mcpServers": {} }')
    expect(home.told).toContain(`the file as it was: ${backups[0] ?? ''}`)
    expect(home.told).toContain(`${plain} may hold a secret, and other users can read it: chmod 600 changes that`)
    for (let count = 0; count < 12; count++) await add('cursor', `n${count}`)
    expect(await readdir(directory)).toHaveLength(10)
  })

  it('follows symbolic links, also to a file that is not there yet', async () => {
    await mkdir(join(home.home, 'dotfiles'))
    await mkdir(join(home.home, '.cursor'))
    await symlink('../dotfiles/cursor.json', join(home.home, '.cursor/mcp.json'))
    await add('cursor', 'a')
    await add('cursor', 'b')
    expect(await realpath(join(home.home, '.cursor/mcp.json'))).toBe(
      await realpath(join(home.home, 'dotfiles/cursor.json')),
    )
    expect(
      Object.keys((JSON.parse(await home.read('dotfiles/cursor.json')) as { mcpServers: object }).mcpServers),
    ).toEqual(['a', 'b'])
  })

  it('goes by what a host writes meanwhile, as often as it does', async () => {
    const path = await home.write('.claude.json', '{}')
    let writes = 0
    const now = (): Date => {
      // The file has been read by then, and is not yet written.
      if (writes < 3) writeFileSync(path, `{"numStartups":${++writes}}`)
      return home.context.now()
    }
    const context = { ...home.context, now }
    const request = { host: findHost('claude'), name: 'a', url: 'https://h/', headers: [], options: [], ...places }
    await addEntry(request, context)
    expect(JSON.parse(await home.read('.claude.json'))).toMatchObject({ numStartups: 3, mcpServers: { a: {} } })
  })

  it('shows a change without its secrets, and writes nothing', async () => {
    const path = await home.write('.cursor/mcp.json', '{ "mcpServers": {\n  "z": { "env": { "K": "geheim-7" } }\n} }')
    await add('cursor', 'shop', { headers: secret, print: true })
    expect(home.printed.join('')).toContain(`+++ ${path}`)
    expect(home.printed.join('')).toMatch(/"TETHER_AUTHORIZATION": "Bearer \[masked\]"/)
    expect(home.printed.join('')).not.toMatch(/sesame|geheim/)
    expect(await home.read('.cursor/mcp.json')).not.toContain('shop')
    expect(home.told).toEqual([])
  })

  it('warns before a secret is committed with a project', async () => {
    await add('cursor', 'shop', { scope: 'project', headers: secret })
    expect(home.told.join('\n')).toContain(
      'belongs to the project and may hold a secret now: look before you commit it',
    )
  })

  it('writes into the part of .claude.json that is about this project', async () => {
    await home.write('.claude.json', `{"projects":{${JSON.stringify(home.project)}:{"history":[]}}}`)
    await add('claude-code', 'shop', { scope: 'local' })
    expect(JSON.parse(await home.read('.claude.json'))).toMatchObject({
      projects: { [home.project]: { history: [], mcpServers: { shop: { type: 'stdio' } } } },
    })
  })
})

describe('inputs of VS Code', () => {
  const asking = [{ name: 'Authorization', value: parseHeaderValue('Bearer ${input:shop-token}') }]

  it('are pointed out where the file does not define them', async () => {
    await add('vscode', 'a', { headers: asking })
    expect(home.told.at(-1)).toBe(
      'VS Code asks for ${input:shop-token} once "inputs" of that file has ' +
        '{ "type": "promptString", "id": "shop-token", "description": "…", "password": true }',
    )
    expect(await home.read('.config/Code/User/mcp.json')).toContain('"Bearer ${input:shop-token}"')
  })

  it('are not, where it does', async () => {
    await home.write('.config/Code/User/mcp.json', '{"inputs":[{"id":"shop-token"}]}')
    await add('vscode', 'a', { headers: asking })
    expect(home.told.at(-1)).toContain('VS Code does not see it yet')
  })
})

describe('what is refused', () => {
  const refusals: [string, string, string | undefined, (path: string) => Promise<void>][] = [
    [
      'an entry of that name',
      '{"mcpServers":{"a":{"command":"x"}}}',
      'has an entry "a" already; remove it first',
      () => add('cursor', 'a'),
    ],
    [
      'an entry over HTTP',
      '{"mcpServers":{"a":{"url":"https://h"}}}',
      'mcp-tether wrap cursor a bridges it',
      () => add('cursor', 'a'),
    ],
    [
      'invalid JSON',
      '{"mcpServers":',
      'mcp.json is not valid JSON: value expected at line 1, column 15',
      () => add('cursor', 'a'),
    ],
    ['another shape', '{"mcpServers":[]}', 'mcp.json has an array under "mcpServers"', () => add('cursor', 'a')],
    ['an unknown entry', '{"mcpServers":{"b":{}}}', 'no entry "a" in', () => remove('cursor', 'a')],
    [
      'an entry of another program',
      '{"mcpServers":{"a":{"command":"x"}}}',
      'does not start mcp-tether',
      () => remove('cursor', 'a'),
    ],
    ['a bad name', '{}', 'the name was given as "a b"', () => add('cursor', 'a b')],
    [
      'a scope that the host does not have',
      '{}',
      'which Cursor does not have; expected user or project',
      () => add('cursor', 'a', { scope: 'local' }),
    ],
  ]
  it.each(refusals)('%s', async (_case, text, expected, action) => {
    const path = await home.write('.cursor/mcp.json', text)
    await expect(action(path)).rejects.toThrow(expected)
    expect(await home.read('.cursor/mcp.json')).toBe(text)
  })

  it('a directory, a file that is not UTF-8, a read-only one, one behind a file', async () => {
    await mkdir(join(home.home, '.cursor/mcp.json'), { recursive: true })
    await expect(add('cursor', 'a')).rejects.toThrow('mcp.json is a directory')
    const binary = await home.write('.gemini/settings.json', '')
    await writeFile(binary, Buffer.from([0x7b, 0xff, 0x7d]))
    await expect(add('gemini-cli', 'a')).rejects.toThrow('settings.json is not UTF-8 text')
    await home.write('.codex/config.toml', '', 0o444)
    await expect(add('codex', 'a')).rejects.toThrow('config.toml is read-only (mode 0444)')
    await home.write('.codeium', '')
    await expect(add('windsurf', 'a')).rejects.toThrow('a part of this path is a file and no directory')
    await symlink('settings.json', join(home.home, 'settings.json'))
    await expect(add('zed', 'a', { file: join(home.home, 'settings.json') })).rejects.toThrow('lead in a circle')
  })

  it('one name in two places, until the scope is said', async () => {
    await add('cursor', 'a')
    await add('cursor', 'a', { scope: 'project' })
    await expect(remove('cursor', 'a')).rejects.toThrow(/is in .* \(--scope user\) and in .* \(--scope project\)/)
    await remove('cursor', 'a', { scope: 'project' })
    await remove('cursor', 'a')
  })

  it('two configurations of one host', async () => {
    const local = join(home.home, 'Local')
    const paths = [
      join(home.home, 'Roaming', 'Claude', 'claude_desktop_config.json'),
      join(local, 'Packages', 'Claude_pzs8sxrjxfjjc', 'LocalCache', 'Roaming', 'Claude', 'claude_desktop_config.json'),
    ]
    const host = {
      ...findHost('claude-desktop'),
      locations: () => [{ scope: 'user' as const, paths, section: ['mcpServers'] }],
    }
    const request = { host, name: 'a', url: 'https://h/', headers: [], options: [], ...places }
    await addEntry(request, home.context)
    expect(await readFile(paths[0] ?? '', 'utf8')).toContain('mcp-tether')
    await mkdir(join(paths[1] ?? '', '..'), { recursive: true })
    await writeFile(paths[1] ?? '', '{}')
    await expect(addEntry({ ...request, name: 'b' }, home.context)).rejects.toThrow(
      'two configuration files of Claude Desktop were found',
    )
    await addEntry({ ...request, name: 'b', file: paths[1] }, home.context)
    expect(await readFile(paths[1] ?? '', 'utf8')).toContain('"b"')
  })

  it('with an exit code of its own', async () => {
    await home.write('.cursor/mcp.json', '[')
    const error: unknown = await add('cursor', 'a').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(HostFileError)
    expect(error).toMatchObject({ exitCode: 7 })
  })
})

describe('list', () => {
  it('shows what there is, without secrets, and what could not be read', async () => {
    await home.write(
      '.cursor/mcp.json',
      JSON.stringify({
        mcpServers: {
          direct: { url: 'https://user-secret.example/mcp?key=abcdefgh' },
          signed: { url: 'https://h.example/mcp', auth: { CLIENT_ID: 'x' } },
          program: { command: 'node', args: ['server.js'] },
        },
      }),
    )
    await add('cursor', 'shop', { url: 'https://h.example/mcp?key=abcdefgh' })
    await add('codex', 'shop')
    await home.write('.gemini/settings.json', '{')
    await expect(listEntries({ host: undefined, scope: undefined, file: undefined }, home.context)).rejects.toThrow(
      'settings.json is not valid JSON',
    )
    expect(home.printed).toEqual([
      `Cursor, user: ${join(home.home, '.cursor/mcp.json')}\n` +
        '  direct   http     https://user-secret.example/mcp?…\n' +
        '  signed   http     https://h.example/mcp  (wrap leaves it alone: it has "auth", which only the host understands)\n' +
        '  program  program  node\n' +
        '  shop     bridged  https://h.example/mcp?…\n',
      `Codex CLI, user: ${join(home.home, '.codex/config.toml')}\n  shop  bridged  https://h.example/mcp\n`,
    ])
  })

  it('says that there is nothing', async () => {
    await listEntries({ host: 'zed', scope: undefined, file: undefined }, home.context)
    expect([home.printed, home.told]).toEqual([[], ['no servers in the configuration of Zed']])
  })
})
