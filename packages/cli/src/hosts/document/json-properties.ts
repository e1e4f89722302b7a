import { createScanner, type Node } from 'jsonc-parser'
import type { ConfigValue } from './document.js'
import { formatJson, type JsonStyle } from './json-format.js'
import { beginsLine, indentationAt, lineStart, type TextEdit } from './text-edit.js'

// Numbers of jsonc-parser's SyntaxKind, which is a const enum.
const comma = 5
const lineBreakTrivia = 14
const commentKinds: ReadonlySet<number> = new Set([12, 13])

/** Adds a property behind the last one of an object, on a line of its own where the others have one. */
export function insertProperty(
  text: string,
  object: Node,
  key: string,
  value: ConfigValue,
  style: Pick<JsonStyle, 'unit' | 'lineBreak'>,
): TextEdit[] {
  const last = object.children?.at(-1)
  if (last === undefined) return insertFirst(text, object, key, value, style)

  const lastEnd = last.offset + last.length
  const { commaEnd, lineEnd } = whatFollows(text, lastEnd, endOf(object))
  const trailing = commaEnd === undefined ? '' : ','
  const missingComma = commaEnd === undefined ? [{ start: lastEnd, end: lastEnd, text: ',' }] : []
  if (!beginsLine(text, last.offset)) {
    const at = commaEnd ?? lastEnd
    return [...missingComma, { start: at, end: at, text: ` ${JSON.stringify(key)}: ${formatJson(value)}${trailing}` }]
  }
  const base = indentationAt(text, last.offset)
  const property = `${JSON.stringify(key)}: ${formatJson(value, { ...style, base })}`
  return [...missingComma, { start: lineEnd, end: lineEnd, text: `${style.lineBreak}${base}${property}${trailing}` }]
}

function insertFirst(
  text: string,
  object: Node,
  key: string,
  value: ConfigValue,
  { unit, lineBreak }: Pick<JsonStyle, 'unit' | 'lineBreak'>,
): TextEdit[] {
  const outer = indentationAt(text, object.offset)
  const base = outer + unit
  const property = `${base}${JSON.stringify(key)}: ${formatJson(value, { base, unit, lineBreak })}`
  const start = object.offset + 1
  const end = endOf(object)
  if (text.slice(start, end).trim() === '') {
    return [{ start, end, text: `${lineBreak}${property}${lineBreak}${outer}` }]
  }
  // Comments are in there, and the new property comes behind them.
  if (beginsLine(text, end)) {
    const at = lineStart(text, end)
    return [{ start: at, end: at, text: `${property}${lineBreak}` }]
  }
  return [{ start: end, end, text: `${lineBreak}${property}${lineBreak}${outer}` }]
}

/** Removes a property, with its line and the comment behind it in that line; comments above it stay. */
export function removeProperty(text: string, object: Node, property: Node): TextEdit[] {
  const siblings = object.children ?? []
  const index = siblings.indexOf(property)
  const previous = siblings[index - 1]
  const next = siblings[index + 1]
  const end = property.offset + property.length
  const { commaEnd, lineEnd } = whatFollows(text, end, next?.offset ?? endOf(object))
  const edits: TextEdit[] = []
  if (commaEnd === undefined && previous !== undefined) {
    const previousEnd = previous.offset + previous.length
    const before = whatFollows(text, previousEnd, property.offset).commaEnd ?? previousEnd + 1
    edits.push({ start: before - 1, end: before, text: '' })
  }
  const restOfLine = /^[ \t]*(\r?\n|$)/.exec(text.slice(lineEnd))
  if (beginsLine(text, property.offset) && restOfLine) {
    edits.push({ start: lineStart(text, property.offset), end: lineEnd + restOfLine[0].length, text: '' })
  } else {
    const start = next === undefined ? backOverBlanks(text, property.offset) : property.offset
    edits.push({ start, end: next === undefined ? (commaEnd ?? end) : overBlanks(text, commaEnd ?? end), text: '' })
  }
  return edits
}

/** The comma behind a property, and where its line ends, comments in it included. */
function whatFollows(
  text: string,
  start: number,
  limit: number,
): { readonly commaEnd: number | undefined; readonly lineEnd: number } {
  const scanner = createScanner(text, false)
  scanner.setPosition(start)
  let commaEnd: number | undefined
  let lineEnd = start
  let sameLine = true
  for (let kind: number = scanner.scan(); scanner.getTokenOffset() < limit; kind = scanner.scan()) {
    const tokenEnd = scanner.getTokenOffset() + scanner.getTokenLength()
    if (kind === comma) {
      commaEnd = tokenEnd
      lineEnd = tokenEnd
      sameLine = true
    } else if (kind === lineBreakTrivia) sameLine = false
    else if (commentKinds.has(kind) && sameLine) lineEnd = tokenEnd
    if (scanner.getTokenLength() === 0) break
  }
  return { commaEnd, lineEnd }
}

/** The offset of an object's closing brace. */
function endOf({ offset, length }: Node): number {
  return offset + length - 1
}

function overBlanks(text: string, offset: number): number {
  return offset + (/^[ \t]*/.exec(text.slice(offset))?.[0].length ?? 0)
}

function backOverBlanks(text: string, offset: number): number {
  return text.slice(0, offset).replace(/[ \t]+$/, '').length
}
