import type { AST } from 'toml-eslint-parser'
import { lineEnd, lineStart } from './text-edit.js'

/** Lines that say something about one server. */
export interface TomlPiece {
  readonly name: string
  /**
   * `table`: under a header like `[mcp_servers.name]`; `key`: a key of `[mcp_servers]`; `top-level`: a dotted key above
   * all tables; `inline`: inside of `mcp_servers = { … }`.
   */
  readonly kind: 'table' | 'key' | 'top-level' | 'inline'
  readonly start: number
  readonly end: number
  /** Counts everything in the file, so that pieces that follow each other can be told from others. */
  readonly order: number
}

/** Every piece of every server, in the file's order. */
export function piecesOf(program: AST.TOMLProgram, text: string, section: string): readonly TomlPiece[] {
  const pieces: TomlPiece[] = []
  let order = 0
  const lines = ({ range: [start, end] }: AST.TOMLNode): { start: number; end: number } => ({
    start: lineStart(text, start),
    end: lineEnd(text, end),
  })
  for (const node of program.body[0].body) {
    order++
    if (node.type === 'TOMLKeyValue') {
      const [first, name] = keyOf(node)
      if (first !== section) continue
      if (name !== undefined) pieces.push({ name, kind: 'top-level', order, ...lines(node) })
      else for (const inner of innerNames(node)) pieces.push({ name: inner, kind: 'inline', order, ...lines(node) })
      continue
    }
    const [first, name] = node.resolvedKey
    if (first !== section) continue
    if (typeof name === 'string') {
      pieces.push({ name, kind: 'table', order, ...lines(node) })
      continue
    }
    for (const pair of node.body) {
      order++
      const [key] = keyOf(pair)
      if (key !== undefined) pieces.push({ name: key, kind: 'key', order, ...lines(pair) })
    }
  }
  return pieces
}

/** True if the file says `section = …`, so that no table can be added to it. */
export function isInline(program: AST.TOMLProgram, section: string): boolean {
  return program.body[0].body.some((node) => {
    if (node.type !== 'TOMLKeyValue') return false
    const key = keyOf(node)
    return key.length === 1 && key[0] === section
  })
}

function keyOf({ key }: AST.TOMLKeyValue): string[] {
  return key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value))
}

function innerNames({ value }: AST.TOMLKeyValue): string[] {
  return value.type === 'TOMLInlineTable' ? value.body.flatMap((pair) => keyOf(pair).slice(0, 1)) : []
}
