import { textOf } from './byte-text.js'
import { parseJson } from './json-rpc.js'

/** Which members of an object are worth a look, by name; of a member that is an object, which of its own. */
export interface JsonShape {
  readonly [name: string]: JsonShape
}

/** What is known of a value without holding it. Places are in bytes from the beginning of the text. */
export interface JsonOutline {
  /** Its first byte: `{` begins an object, `"` a string. */
  readonly first: number
  readonly start: number
  readonly end: number
  /** Of a string, number or word: as it was written. `undefined` where that is longer than what is kept. */
  readonly text: string | undefined
  /** Of an object: the members that were asked for; of two of one name the last, as with `JSON.parse`. */
  readonly members: ReadonlyMap<string, JsonOutline> | undefined
  /** Of an array that is the whole text: its elements, up to a limit. */
  readonly elements: readonly JsonOutline[] | undefined
}

/** A {@link JsonOutline} that is being found out. */
export interface OpenOutline extends JsonOutline {
  end: number
  text: string | undefined
  members: Map<string, OpenOutline> | undefined
  elements: OpenOutline[] | undefined
}

/** A name that is longer, with every character escaped, is none that anybody asks for. */
const maxNameBytes = 256

const backslash = 0x5c

/** A shape whose names can be found without reading them. */
export interface WantedMembers {
  readonly all: readonly { readonly name: string; readonly inQuotes: Uint8Array; readonly members: WantedMembers }[]
}

export function wantedMembers(shape: JsonShape): WantedMembers {
  const encoder = new TextEncoder()
  const entries = Object.entries(shape)
  return {
    all: entries.map(([name, members]) => ({
      name,
      inQuotes: encoder.encode(JSON.stringify(name)),
      members: wantedMembers(members),
    })),
  }
}

/** The member that is asked for under the name, in its quotes, that is in some bytes. */
export function findWanted(
  { all }: WantedMembers,
  bytes: Uint8Array,
  start: number,
  end: number,
): WantedMembers['all'][number] | undefined {
  for (const wanted of all) if (isThere(wanted.inQuotes, bytes, start, end)) return wanted
  if (end - start > maxNameBytes || !bytes.subarray(start, end).includes(backslash)) return undefined
  const unescaped = parseJson(textOf(bytes, start, end))
  return all.find((wanted) => wanted.name === unescaped)
}

function isThere(wanted: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const { byteLength } = wanted
  if (byteLength !== end - start) return false
  for (let at = 0; at < byteLength; at++) if (wanted[at] !== bytes[start + at]) return false
  return true
}

/** The string, number or word that an outline is of; `undefined` when it is none, or longer than what is kept. */
export function scalarOf(outline: JsonOutline | undefined): unknown {
  return outline?.text === undefined ? undefined : parseJson(outline.text)
}
