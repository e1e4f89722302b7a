import { getStaticTOMLValue, parseTOML, ParseError } from 'toml-eslint-parser'
import { type ConfigDocument, DocumentError } from './document.js'
import { applyEdits, lineBreakOf } from './text-edit.js'
import { formatTomlKey, formatTomlTable, formatTomlValue } from './toml-format.js'
import { isInline, piecesOf, type TomlPiece } from './toml-pieces.js'

/**
 * Opens a host's TOML file. The parser finds where the tables of a server begin and end; they are changed as text,
 * because no library writes TOML back as a person has laid it out.
 *
 * @param section The table whose members are the servers, e.g. `mcp_servers`.
 */
export function openTomlDocument(text: string, section: string): ConfigDocument {
  const program = parse(text)
  const pieces = piecesOf(program, text, section)
  const values = serversOf(getStaticTOMLValue(program)[section], section)
  const lineBreak = lineBreakOf(text)

  const put = (name: string, replacement: (piece: TomlPiece) => string): string => {
    const piece = regionOf(pieces, name, section)
    return applyEdits(text, [{ ...piece, text: replacement(piece) }])
  }
  return {
    entries: Object.entries(values).map(([name, value]) => {
      const own = pieces.filter((piece) => piece.name === name)
      return { name, value, text: text.slice(own[0]?.start ?? 0, own.at(-1)?.end ?? 0) }
    }),
    insert(name, value) {
      const dotted = pieces.findLast(({ kind }) => kind === 'top-level')
      if (dotted !== undefined) {
        const line = `${formatTomlKey(section)}.${formatTomlKey(name)} = ${formatTomlValue(value)}${lineBreak}`
        return applyEdits(text, [{ start: dotted.end, end: dotted.end, text: line }])
      }
      if (isInline(program, section)) refuseInline(section, name)
      const block = formatTomlTable([section, name], value, lineBreak)
      if (text.trim() === '') return text + block
      const separator = text.endsWith('\n') ? '' : lineBreak
      const blank = /\n[ \t]*\r?\n$/.test(text) ? '' : lineBreak
      return text + separator + blank + block
    },
    replace: (name, value) =>
      put(name, ({ kind }) => {
        if (kind === 'table') return formatTomlTable([section, name], value, lineBreak)
        const key = formatTomlKey(name)
        const line = `${kind === 'top-level' ? `${formatTomlKey(section)}.${key}` : key} = ${formatTomlValue(value)}`
        return line + lineBreak
      }),
    restore: (name, original) => put(name, () => original),
    remove(name) {
      const { start, end } = regionOf(pieces, name, section)
      // The blank line that set the tables apart from what stands above goes with them.
      const blankBefore = /\n[ \t]*\r?\n$/.test(text.slice(0, start)) && /^[ \t]*(\r?\n|$)/.test(text.slice(end))
      const from = blankBefore ? text.lastIndexOf('\n', start - 2) + 1 : start
      return applyEdits(text, [{ start: from, end, text: '' }])
    },
  }
}

function parse(text: string): ReturnType<typeof parseTOML> {
  try {
    return parseTOML(text, { tomlVersion: '1.0' })
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    throw new DocumentError(
      `is not valid TOML: ${error.message} at line ${error.lineNumber}, column ${error.column + 1}`,
    )
  }
}

function serversOf(value: unknown, section: string): Readonly<Record<string, unknown>> {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DocumentError(`has something else under "${section}", where a table was expected`)
  }
  return value as Readonly<Record<string, unknown>>
}

/** Where an entry stands, from its first line to its last. */
function regionOf(pieces: readonly TomlPiece[], name: string, section: string): TomlPiece {
  const own = pieces.filter((piece) => piece.name === name)
  const [first] = own
  const last = own.at(-1)
  if (first === undefined || last === undefined) throw new DocumentError(`has no entry "${name}"`)
  if (first.kind === 'inline') refuseInline(section, name)
  if (last.order - first.order !== own.length - 1 || own.some(({ kind }) => kind !== first.kind)) {
    throw new DocumentError(
      `has the parts of "${name}" in several places; bring them together under [${section}.${formatTomlKey(name)}], ` +
        'then try again',
    )
  }
  return { ...first, end: last.end }
}

function refuseInline(section: string, name: string): never {
  throw new DocumentError(
    `has "${section}" as one inline table; write it as tables like [${section}.${formatTomlKey(name)}], then try again`,
  )
}
