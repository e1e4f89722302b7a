import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { configObjects, names, strewnToml } from './document.fixture.js'
import { openDocument } from './open-document.js'

const open = (text: string) => openDocument('toml', text, ['mcp_servers'])
const value = { command: 'npx', args: ['-y', 'x'], env: { A: 'b "c"' } }
const block = '[mcp_servers.a]\ncommand = "npx"\nargs = ["-y", "x"]\nenv = { A = "b \\"c\\"" }\n'

describe('insert', () => {
  it.each([
    ['', block],
    ['model = "m"', `model = "m"\n\n${block}`],
    ['model = "m"\n\n', `model = "m"\n\n${block}`],
    ['[mcp_servers]\nz.url = "u"\n', `[mcp_servers]\nz.url = "u"\n\n${block}`],
    [
      'mcp_servers.z.url = "u" # dotted\n[tui]\n',
      'mcp_servers.z.url = "u" # dotted\nmcp_servers.a = { command = "npx", args = ["-y", "x"], env = { A = "b \\"c\\"" } }\n[tui]\n',
    ],
  ])('into %j', async (text, expected) => {
    expect((await open(text)).insert('a', value)).toBe(expected)
  })
})

describe('replace and restore', () => {
  it.each([
    ['# above\n[mcp_servers.a]\nurl = "u" # here\n\n# below\n[tui]\n', `# above\n${block}\n# below\n[tui]\n`],
    ['[mcp_servers.a]\nurl = "u"\n[mcp_servers.a.http_headers]\nX = "1"', block],
    [
      '[mcp_servers]\na = { url = "u" }\nb.url = "v"\n',
      '[mcp_servers]\na = { command = "npx", args = ["-y", "x"], env = { A = "b \\"c\\"" } }\nb.url = "v"\n',
    ],
    [
      '[mcp_servers]\na.url = "u"\na.enabled = true\n',
      '[mcp_servers]\na = { command = "npx", args = ["-y", "x"], env = { A = "b \\"c\\"" } }\n',
    ],
  ])('%j', async (text, expected) => {
    const before = await open(text)
    const replaced = before.replace('a', value)
    expect(replaced).toBe(expected)
    const original = before.entries.find(({ name }) => name === 'a')?.text ?? ''
    expect((await open(replaced)).restore('a', original)).toBe(text)
  })
})

describe('what is refused', () => {
  it.each([
    ['a = ', 'is not valid TOML: Unspecified values are invalid at line 1, column 5'],
    ['mcp_servers = 1', 'has something else under "mcp_servers"'],
    ['[[mcp_servers]]\nx = 1', 'has something else under "mcp_servers"'],
  ])('%j', async (text, expected) => {
    await expect(open(text)).rejects.toThrow(expected)
  })

  it('what would touch more than the entry', async () => {
    const inline = await open('mcp_servers = { a = { url = "u" } }\n')
    expect(() => inline.replace('a', value)).toThrow('has "mcp_servers" as one inline table')
    expect(() => inline.insert('b', value)).toThrow('has "mcp_servers" as one inline table')
    const apart = await open('[mcp_servers.a]\nurl = "u"\n[tui]\n[mcp_servers.a.http_headers]\nX = "1"\n')
    expect(() => apart.replace('a', value)).toThrow('has the parts of "a" in several places')
    expect(() => apart.remove('b')).toThrow('has no entry "b"')
  })
})

describe('whatever the layout', () => {
  it('nothing but the entry changes, and it can be taken back to the letter', async () => {
    await fc.assert(
      fc.asyncProperty(strewnToml, names, configObjects, configObjects, async (text, name, first, second) => {
        const before = await open(text)
        const inserted = before.insert(name, first)
        expect(inserted.startsWith(text)).toBe(true)
        const replaced = (await open(inserted)).replace(name, second)
        expect(replaced.startsWith(text)).toBe(true)
        const removed = (await open(replaced)).remove(name)
        expect([text, `${text}\n`, `${text}\r\n`]).toContain(removed)
      }),
      { numRuns: 300 },
    )
  })

  it('an entry among others is replaced in its place, restored and removed', async () => {
    await fc.assert(
      fc.asyncProperty(strewnToml, fc.nat(), configObjects, async (text, pick, entry) => {
        const { entries, replace, remove } = await open(text)
        fc.pre(entries.length > 0)
        const { name, text: original } = entries[pick % entries.length] ?? { name: '', text: '' }
        const [head = '', tail = ''] = text.split(original)
        const replaced = replace(name, entry)
        expect([replaced.slice(0, head.length), replaced.slice(replaced.length - tail.length)]).toEqual([head, tail])
        expect((await open(replaced)).restore(name, original)).toBe(text)
        expect(remove(name).replace(/\s/g, '')).toBe((head + tail).replace(/\s/g, ''))
      }),
      { numRuns: 300 },
    )
  })
})
