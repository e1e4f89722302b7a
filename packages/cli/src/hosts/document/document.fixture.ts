import fc from 'fast-check'
import type { ConfigObject, ConfigValue } from './document.js'

export const names = fc.oneof(
  fc.stringMatching(/^[a-z][\w-]{0,8}$/),
  fc.constantFrom('with space', 'dot.ted', 'quo"te', 'ünï', '', 'back\\slash'),
)

const scalars = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('${AUTH}', 'a "quoted" \\ text', 'tab\there', '// no comment', '# none', '\u007f'),
  fc.integer(),
  fc.boolean(),
)

const values: fc.Arbitrary<ConfigValue> = fc.oneof(
  scalars,
  fc.array(scalars, { maxLength: 3 }),
  fc.dictionary(names, scalars, { maxKeys: 3, noNullPrototype: true }),
)

export const configObjects: fc.Arbitrary<ConfigObject> = fc.dictionary(fc.stringMatching(/^[a-z][\w]{0,6}$/), values, {
  maxKeys: 4,
  noNullPrototype: true,
})

export const jsonStyles = fc.record({
  unit: fc.constantFrom('  ', '    ', '\t', ' '),
  lineBreak: fc.constantFrom('\n', '\r\n'),
})

/** White space and comments, as people strew them. */
const gaps = fc
  .array(fc.constantFrom(' ', '\n', '\n\n', '\r\n', '\t', '    ', '/* note */', '// note, {\n', '/* two\nlines */'), {
    maxLength: 3,
  })
  .map((parts) => parts.join(''))

/** A list of texts with commas between them, with or without one behind the last. */
const commaList = (texts: fc.Arbitrary<string[]>): fc.Arbitrary<string> =>
  fc.tuple(texts, fc.boolean(), fc.array(gaps, { minLength: 24, maxLength: 24 })).map(([items, trailing, around]) => {
    const gap = (index: number): string => around[index % around.length] ?? ''
    const body = items.map((item, index) => {
      const comma = index < items.length - 1 || trailing ? ',' : ''
      return `${gap(index * 3)}${item}${gap(index * 3 + 1)}${comma}${gap(index * 3 + 2)}`
    })
    return `{${body.join('') || gap(0)}}`
  })

const property = (key: string, value: string, before: string): string => `${JSON.stringify(key)}:${before}${value}`

/** A host's JSON file in any layout: comments everywhere, trailing commas, one line or many. */
export const commentedJson: fc.Arbitrary<string> = commaList(
  fc
    .tuple(
      fc.uniqueArray(fc.tuple(fc.constantFrom('theme', 'font', 'a,b'), scalars, gaps), {
        maxLength: 3,
        selector: ([key]) => key,
      }),
      commaList(
        fc
          .uniqueArray(fc.tuple(names, values, gaps), { maxLength: 4, selector: ([key]) => key })
          .map((servers) => servers.map(([key, value, gap]) => property(key, JSON.stringify(value, null, 2), gap))),
      ),
      fc.nat(3),
      gaps,
    )
    .map(([others, servers, at, gap]) => {
      const properties = others.map(([key, value, before]) => property(key, JSON.stringify(value), before))
      return properties.toSpliced(at, 0, property('mcpServers', servers, gap))
    }),
)

/** A line of a TOML file that is none of ours. */
const tomlNoise = fc.constantFrom('', '# note', '  # [mcp_servers.comment]', '   ')

const tomlTable = (header: string) =>
  fc
    .tuple(fc.array(tomlNoise, { maxLength: 2 }), fc.array(tomlNoise, { maxLength: 2 }))
    .map(([before, inside]) => [
      ...before,
      `[${header}]${before.length > 0 ? ' # header' : ''}`,
      ...inside,
      'url = "https://example.com/mcp" # address',
      'list = [',
      '  1, # one',
      ']',
    ])

/** A Codex configuration in any order, with tables of others between ours. */
export const strewnToml: fc.Arbitrary<string> = fc
  .tuple(
    fc.shuffledSubarray(['mcp_servers.one', 'mcp_servers."t w o"', 'mcp_servers.three', 'profiles.x', 'tui']),
    fc.infiniteStream(fc.boolean()),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
    fc.constantFrom('', 'model = "m"', '# only a comment'),
  )
  .chain(([headers, subtables, lineBreak, ending, top]) =>
    fc.tuple(...headers.map((header) => tomlTable(header))).map((tables) => {
      const lines = tables.flatMap((table, index) =>
        subtables.next().value === true ? [...table, `[${headers[index] ?? ''}.env]`, "A = 'b'"] : table,
      )
      return [top, ...lines].join(lineBreak) + (ending ? lineBreak : '')
    }),
  )
