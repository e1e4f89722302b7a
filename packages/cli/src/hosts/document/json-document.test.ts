import fc from 'fast-check'
import { findNodeAtLocation, parseTree } from 'jsonc-parser'
import { describe, expect, it } from 'vitest'
import { openDocument } from './open-document.js'
import { configObjects, commentedJson, jsonStyles, names } from './document.fixture.js'

const section = ['mcpServers']
const open = (text: string) => openDocument('json', text, section)
const value = { command: 'npx', args: ['-y'] }

describe('insert', () => {
  it.each([
    [
      '',
      '{\n  "mcpServers": {\n    "a": {\n      "command": "npx",\n      "args": [\n        "-y"\n      ]\n    }\n  }\n}\n',
    ],
    [
      '{}',
      '{\n  "mcpServers": {\n    "a": {\n      "command": "npx",\n      "args": [\n        "-y"\n      ]\n    }\n  }\n}',
    ],
    [
      '{ "theme": "dark" } // mine\n',
      '{ "theme": "dark", "mcpServers": {"a":{"command":"npx","args":["-y"]}} } // mine\n',
    ],
    [
      '{\r\n\t"theme": "dark" // mine\r\n}\r\n',
      '{\r\n\t"theme": "dark", // mine\r\n\t"mcpServers": {\r\n\t\t"a": {\r\n\t\t\t"command": "npx",\r\n\t\t\t"args": [\r\n\t\t\t\t"-y"\r\n\t\t\t]\r\n\t\t}\r\n\t}\r\n}\r\n',
    ],
    [
      '{\n "mcpServers": {\n  // none yet\n }\n}',
      '{\n "mcpServers": {\n  // none yet\n  "a": {\n   "command": "npx",\n   "args": [\n    "-y"\n   ]\n  }\n }\n}',
    ],
    [
      '{\n  "mcpServers": {\n    "z": {}, // last, with a comma\n  },\n}',
      '{\n  "mcpServers": {\n    "z": {}, // last, with a comma\n    "a": {\n      "command": "npx",\n      "args": [\n        "-y"\n      ]\n    },\n  },\n}',
    ],
  ])('into %j', async (text, expected) => {
    expect((await open(text)).insert('a', value)).toBe(expected)
  })
})

describe('remove', () => {
  it.each([
    ['{ "mcpServers": { "a": 1, "b": 2 } }', 'a', '{ "mcpServers": { "b": 2 } }'],
    ['{ "mcpServers": { "a": 1, "b": 2 } }', 'b', '{ "mcpServers": { "a": 1 } }'],
    ['{ "mcpServers": { "a": 1 } }', 'a', '{ "mcpServers": { } }'],
    [
      '{\n  "mcpServers": {\n    // of a\n    "a": {\n    }, // too\n    "b": 2\n  }\n}',
      'a',
      '{\n  "mcpServers": {\n    // of a\n    "b": 2\n  }\n}',
    ],
    [
      '{\n  "mcpServers": {\n    "a": 1, // stays\n    "b": 2 // goes\n  }\n}',
      'b',
      '{\n  "mcpServers": {\n    "a": 1 // stays\n  }\n}',
    ],
    ['{\n  "mcpServers": {\n    "a": 1,\n    "b": 2,\n  }\n}', 'b', '{\n  "mcpServers": {\n    "a": 1,\n  }\n}'],
  ])('from %j', async (text, name, expected) => {
    expect((await open(text)).remove(name)).toBe(expected)
  })
})

describe('what is refused', () => {
  it.each([
    ['{ "a": ', 'is not valid JSON: value expected at line 1, column 8'],
    ['{\n  "mcpServers": {} "b": 1 }', 'is not valid JSON: comma expected at line 2, column 20'],
    ['[]', 'holds an array where an object in {} was expected'],
    ['{ "mcpServers": [] }', 'has an array under "mcpServers" (line 1, column 17)'],
    ['{ "mcpServers": { "a": 1, "a": 2 } }', 'has "a" twice (again at line 1, column 27)'],
    ['{ "mcpServers": {}, "mcpServers": {} }', 'has "mcpServers" twice'],
  ])('%j', async (text, expected) => {
    await expect(open(text)).rejects.toThrow(expected)
  })

  it('but not what is doubled elsewhere', async () => {
    expect((await open('{ "x": 1, "x": 2, "mcpServers": { "a": 1 } }')).entries).toMatchObject([
      { name: 'a', text: '1' },
    ])
  })
})

describe('whatever the layout', () => {
  /** Everything that is not about the one entry, to the letter. */
  function restOf(text: string, name: string): unknown {
    const root = parseTree(text, [], { allowTrailingComma: true })
    const servers = root && findNodeAtLocation(root, section)
    const property = servers?.children?.find(({ children }) => children?.[0]?.value === name)
    const cut =
      property === undefined ? text : text.slice(0, property.offset) + text.slice(property.offset + property.length)
    const others = (servers?.children ?? []).filter((each) => each !== property)
    return {
      // Which commas there are depends on the entry; so does the white space where it stood.
      letters: cut.replace(/[\s,]/g, ''),
      before: text.slice(0, servers?.offset),
      after: servers && text.slice(servers.offset + servers.length),
      others: others.map(({ offset, length }) => text.slice(offset, offset + length)),
    }
  }

  it('nothing but the entry changes, and it can be taken back', async () => {
    await fc.assert(
      fc.asyncProperty(commentedJson, names, configObjects, configObjects, async (text, name, first, second) => {
        const before = await open(text)
        fc.pre(!before.entries.some((entry) => entry.name === name))
        const inserted = before.insert(name, first)
        expect(restOf(inserted, name)).toEqual(restOf(text, name))
        const replaced = (await open(inserted)).replace(name, second)
        expect(restOf(replaced, name)).toEqual(restOf(text, name))
        const own = (await open(inserted)).entries.find((entry) => entry.name === name)
        expect((await open(replaced)).restore(name, own?.text ?? '')).toBe(inserted)
        expect(restOf((await open(replaced)).remove(name), name)).toEqual(restOf(text, name))
      }),
      { numRuns: 400 },
    )
  })

  it('any entry can be removed, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(commentedJson, fc.nat(), async (text, seed) => {
        let current = text
        for (let step = seed; ; step++) {
          const { entries, remove } = await open(current)
          if (entries.length === 0) return
          const name = entries[step % entries.length]?.name ?? ''
          const next = remove(name)
          expect(restOf(next, name)).toMatchObject({ others: (restOf(current, name) as { others: string[] }).others })
          current = next
        }
      }),
      { numRuns: 200 },
    )
  })

  it('keeps its indentation and line endings', async () => {
    await fc.assert(
      fc.asyncProperty(jsonStyles, configObjects, async ({ unit, lineBreak }, entry) => {
        const layout = (data: unknown): string => JSON.stringify(data, null, unit).replaceAll('\n', lineBreak)
        const text = layout({ a: 1, mcpServers: { x: { url: 'u' } } })
        expect((await open(text)).insert('y', entry)).toBe(layout({ a: 1, mcpServers: { x: { url: 'u' }, y: entry } }))
        expect((await open(text)).replace('x', entry)).toBe(layout({ a: 1, mcpServers: { x: entry } }))
      }),
    )
  })
})
