import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type HostsHome, makeHostsHome } from './hosts-home.fixture.js'
import { removeEntry } from './remove-entry.js'
import { unwrapEntries } from './unwrap-entries.js'
import { wrapEntries } from './wrap-entries.js'

let home: HostsHome
let answer: boolean | (() => Promise<boolean>)
beforeEach(async () => {
  answer = true
  home = await makeHostsHome(async () => (typeof answer === 'function' ? answer() : answer))
})
afterEach(() => home.remove())

const places = { scope: undefined, file: undefined, print: false, yes: false, names: [] }
const wrap = (host: string, more: object = {}) => wrapEntries({ host, ...places, ...more }, home.context)
const unwrap = (host: string, more: object = {}) => unwrapEntries({ host, ...places, ...more }, home.context)

/** A file of each host, laid out as no program would. */
const layouts: [host: string, file: string, text: string][] = [
  [
    'claude-code',
    '.claude.json',
    '{"a":1,"mcpServers":{"direct":{"type":"http","url":"https://h.example/mcp","headers":{"X-Key":"geheim-1"}},"p":{"command":"x"}},"b":2}',
  ],
  [
    'cursor',
    '.cursor/mcp.json',
    '\ufeff// mine\r\n{ "mcpServers" : {\r\n   /* the shop */ "direct": {\r\n "url" :"https://h.example/mcp", // here\r\n   "headers":{ "Authorization" : "Bearer geheim-1",},\r\n }, // after\r\n "p": { "command": "x" },\r\n}, }',
  ],
  [
    'vscode',
    '.config/Code/User/mcp.json',
    '{\n\t"inputs": [{ "id": "key", "type": "promptString", "password": true }],\n\t"servers": {\n\t\t"direct": {"type":"http","url":"https://h.example/mcp","headers":{"A":"${input:key}"}}\n\t}\n}\n',
  ],
  [
    'windsurf',
    '.codeium/windsurf/mcp_config.json',
    '{"mcpServers": {"direct": {"serverUrl": "https://h.example/mcp"}}}',
  ],
  [
    'gemini-cli',
    '.gemini/settings.json',
    '{\n    "theme": "Dark", // yes\n    "mcpServers": {\n        "direct": {\n            "httpUrl": "https://h.example/mcp",\n            "trust": false,\n        },\n    },\n}\n',
  ],
  [
    'codex',
    '.codex/config.toml',
    '# codex\r\nmodel = "o" # best\r\n\r\n[mcp_servers.direct] # shop\r\nurl = \'https://h.example/mcp\'\r\n\r\n# headers\r\n[mcp_servers.direct.http_headers]\r\nX-Key = "geheim-1"\r\n\r\n[tui]\r\nx = 1',
  ],
  [
    'zed',
    '.config/zed/settings.json',
    '// Zed\n{\n  "vim_mode": true,\n  "context_servers": {\n    "direct": { "url": "https://h.example/mcp", "headers": { "X": "geheim-1" } },\n    "mcp-server-github": { "settings": { "k": 1 } },\n  },\n}\n',
  ],
]

describe('wrap and unwrap', () => {
  it.each(layouts)('of %s leave not a trace', async (host, file, text) => {
    const path = await home.write(file, text, 0o640)
    await wrap(host)
    const wrapped = await home.read(file)
    expect(wrapped).toContain('mcp-tether')
    expect(await home.modeOf(path)).toBe(0o640)
    await wrap(host)
    expect(await home.read(file)).toBe(wrapped)
    expect(home.told.at(-1)).toContain('nothing to wrap in')
    await unwrap(host)
    expect(await home.read(file)).toBe(text)
    expect(await home.modeOf(path)).toBe(0o640)
    expect(await readdir(home.context.recordDirectory)).toEqual([])
  })

  it.each(layouts)('of %s show what changes and ask, without secrets', async (host, file, text) => {
    answer = false
    await home.write(file, text)
    await wrap(host)
    expect(await home.read(file)).toBe(text)
    expect(home.told.at(-1)).toBe('nothing was changed')
    expect(home.told.join('\n')).toMatch(/^\+.*mcp-tether/m)
    await wrap(host, { print: true })
    expect(home.printed.join('')).toMatch(/^\+.*mcp-tether/m)
    expect([...home.told, ...home.printed].join('\n')).not.toContain('geheim')
    expect(await home.read(file)).toBe(text)
  })

  it('survive edits elsewhere and of the layout', async () => {
    const entry = '{ "url": "https://h.example/mcp" /* mine */ }'
    await home.write('.cursor/mcp.json', `{ "mcpServers": { "direct": ${entry} } }`)
    await wrap('cursor')
    const edited = JSON.parse(await home.read('.cursor/mcp.json')) as { mcpServers: object }
    const text = JSON.stringify({ first: 1, mcpServers: { other: {}, ...edited.mcpServers } }, null, 4)
    await home.write('.cursor/mcp.json', text)
    await unwrap('cursor')
    expect(await home.read('.cursor/mcp.json')).toBe(
      `{\n    "first": 1,\n    "mcpServers": {\n        "other": {},\n        "direct": ${entry}\n    }\n}`,
    )
  })

  it('refuse an entry that was changed or is gone, restore the others, and keep its original', async () => {
    const servers = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, { url: `https://${name}.example/` }]))
    await home.write('.cursor/mcp.json', JSON.stringify({ mcpServers: servers }))
    await wrap('cursor')
    const edited = JSON.parse(await home.read('.cursor/mcp.json')) as { mcpServers: Record<string, { args: string[] }> }
    edited.mcpServers.a?.args.push('--verbose')
    delete edited.mcpServers.b
    Object.assign(edited.mcpServers, { d: servers.d })
    await home.write('.cursor/mcp.json', JSON.stringify(edited))
    await expect(unwrap('cursor')).rejects.toThrow(/"a" in .* was changed after wrap, so it is left alone/)
    expect(home.told.join('\n')).toMatch(/"b" is not in .* any more; its original is kept in/)
    expect(home.told).toContain('d is as it was before wrap already')
    expect(JSON.parse(await home.read('.cursor/mcp.json'))).toEqual({
      mcpServers: { a: edited.mcpServers.a, c: servers.c, d: servers.d },
    })
    const [record = ''] = await readdir(home.context.recordDirectory)
    const kept = JSON.parse(await readFile(join(home.context.recordDirectory, record), 'utf8')) as { entries: object[] }
    expect(kept.entries).toMatchObject([{ name: 'a', original: '{"url":"https://a.example/"}' }, { name: 'b' }])
    expect(await home.modeOf(join(home.context.recordDirectory, record))).toBe(0o600)
  })

  it('take names', async () => {
    await home.write(
      '.cursor/mcp.json',
      '{"mcpServers":{"a":{"url":"https://a/"},"b":{"url":"https://b/"},"p":{"command":"x"}}}',
    )
    await wrap('cursor', { names: ['b', 'p'] })
    expect(home.told).toContain('p is left alone: it has no address, but starts a program')
    await expect(wrap('cursor', { names: ['z'] })).rejects.toThrow('no entry "z" in')
    await wrap('cursor', { names: ['a'] })
    await unwrap('cursor', { names: ['b'] })
    expect(JSON.parse(await home.read('.cursor/mcp.json'))).toMatchObject({
      mcpServers: { a: { command: 'npx' }, b: { url: 'https://b/' } },
    })
  })

  it('leave alone what only the host can do, and say so', async () => {
    const text = '{"mcpServers":{"a":{"type":"http","url":"https://a/","headersHelper":"/bin/h"}}}'
    await home.write('.claude.json', text)
    await wrap('claude-code')
    expect(home.told[0]).toBe('a is left alone: it has "headersHelper", which only the host understands')
    expect(home.told[1]).toContain('nothing to wrap in')
    expect(home.told[1]).toContain('(other places: --scope project, --scope local)')
    expect(await home.read('.claude.json')).toBe(text)
  })

  it('know the scopes of one file apart', async () => {
    const entry = { type: 'http', url: 'https://a/' }
    const config = { mcpServers: { a: entry }, projects: { [home.project]: { mcpServers: { a: entry } } } }
    const text = JSON.stringify(config, null, 1)
    await home.write('.claude.json', text)
    await wrap('claude-code')
    await wrap('claude-code', { scope: 'local' })
    await unwrap('claude-code')
    const half = JSON.parse(await home.read('.claude.json')) as typeof config
    expect(half.mcpServers.a).toEqual(entry)
    expect(half.projects[home.project]?.mcpServers.a).toMatchObject({ type: 'stdio' })
    await unwrap('claude-code', { scope: 'local' })
    expect(await home.read('.claude.json')).toBe(text)
  })
})

describe('what is refused', () => {
  it('to write what another program has changed since it was shown', async () => {
    const path = await home.write('.cursor/mcp.json', '{"mcpServers":{"a":{"url":"https://a/"}}}')
    answer = async () => {
      await writeFile(path, '{"mcpServers":{"a":{"url":"https://b/"}}}')
      return true
    }
    await expect(wrap('cursor')).rejects.toThrow(
      'was changed by another program in the meantime, so nothing was written',
    )
    expect(await home.read('.cursor/mcp.json')).toContain('https://b/')
  })

  it('to go on where nobody can be asked', async () => {
    const context = { ...home.context, confirm: undefined }
    for (const change of [wrapEntries, unwrapEntries]) {
      await expect(change({ host: 'cursor', ...places }, context)).rejects.toThrow(
        'there is no terminal to ask on; give --yes',
      )
    }
  })

  it('to restore what was never wrapped, or from a record that somebody has damaged', async () => {
    await home.write('.cursor/mcp.json', '{"mcpServers":{"a":{"url":"https://a/"}}}')
    await expect(unwrap('cursor')).rejects.toThrow('has no entries that wrap has made')
    await wrap('cursor')
    const [record = ''] = await readdir(home.context.recordDirectory)
    await writeFile(join(home.context.recordDirectory, record), '{"version":1')
    await expect(unwrap('cursor')).rejects.toThrow('is not the record that wrap has written')
  })

  it('to write a read-only file, before a question is asked', async () => {
    const path = await home.write('.cursor/mcp.json', '{"mcpServers":{"a":{"url":"https://a/"}}}')
    await chmod(path, 0o400)
    answer = () => Promise.reject(new Error('asked'))
    await expect(wrap('cursor')).rejects.toThrow('is read-only')
  })
})

it('remove forgets the original of a bridged entry, and says so', async () => {
  await home.write('.cursor/mcp.json', '{"mcpServers":{"a":{"url":"https://a/"}}}')
  await wrap('cursor')
  await removeEntry({ host: 'cursor', name: 'a', ...places }, home.context)
  expect(home.told.at(-1)).toContain('a had been an entry of Cursor itself before wrap')
  await expect(unwrap('cursor')).rejects.toThrow('has no entries that wrap has made')
})
