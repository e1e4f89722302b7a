import { beforeToken, ended, endedBefore, inString, invalid, mayEndIn, tokenTable } from './json-tokens.js'

/** Where a member's value is in the text, in bytes. */
export interface MemberPlace {
  readonly start: number
  readonly end: number
  /** Its first byte: `{` begins an object, `"` a string. */
  readonly first: number
}

/** What is known of a whole JSON text without holding it. */
export interface JsonOutline {
  readonly kind: 'object' | 'array' | 'other'
  /** The members of an object that were asked for; of two of one name the last, as with `JSON.parse`. */
  readonly members: ReadonlyMap<string, MemberPlace>
}

/** `JSON.parse` has no such limit, but the stack of a scanner needs one. */
const maxDepth = 1_000_000
/** A name that is longer, even with every character escaped, is none that anybody asks for. */
const maxNameBytes = 64

const [quote, colon, comma, openArray, closeArray, openObject, closeObject] = [0x22, 0x3a, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d]
const [space, tab, lineFeed, carriageReturn] = [0x20, 0x09, 0x0a, 0x0d]

type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or end' | 'nothing'

/**
 * Checks in passing that bytes are one JSON text, in pieces that may be cut anywhere, and notes where top-level members
 * are. Line breaks between tokens are white space; they become spaces where they stand, so that the text is one line.
 */
export class JsonScanner {
  readonly #wanted: ReadonlySet<string>
  readonly #members = new Map<string, MemberPlace>()
  #kind: JsonOutline['kind'] = 'other'
  #expected: Expected = 'value'
  /** Of the token that the last piece ended in; 0 between tokens. */
  #token = 0
  #inName = false
  #depth = 0
  /** One for an object, zero for an array. */
  #stack = new Uint8Array(64)
  /** Bytes in the pieces before this one. */
  #offset = 0
  #name: number[] = []
  #value = { start: 0, first: 0 }
  #failed = false

  constructor(wanted: readonly string[]) {
    this.#wanted = new Set(wanted)
  }

  /** Takes the next piece, and changes its line breaks. False when this is no JSON, whatever may follow. */
  push(piece: Uint8Array): boolean {
    let position = 0
    while (position < piece.length && !this.#failed) {
      position = this.#token === 0 ? this.#between(piece, position) : this.#within(piece, position)
    }
    this.#offset += piece.length
    return !this.#failed
  }

  /** To be called after the last piece. */
  end(): JsonOutline | 'cut off' | 'no JSON' {
    if (this.#failed) return 'no JSON'
    if (this.#token !== 0 && this.#depth === 0 && mayEndIn(this.#token)) this.#endValue(this.#offset)
    return this.#expected === 'nothing' ? { kind: this.#kind, members: this.#members } : 'cut off'
  }

  /** Inside of a string, a number or a word. Returns the place of the first byte after what it took. */
  #within(piece: Uint8Array, start: number): number {
    let state = this.#token
    let position = start
    while (position < piece.length) {
      state = tokenTable[(state << 8) | (piece[position] ?? 0)] ?? invalid
      if (state <= endedBefore) break
      position++
    }
    if (this.#inName && this.#depth === 1) this.#keepName(piece, start, position)
    if (state === invalid) return this.#fail()
    if (state > endedBefore) {
      this.#token = state
      return position
    }
    if (state === ended) position++
    this.#token = 0
    if (this.#inName) this.#expected = ':'
    else this.#endValue(this.#offset + position)
    this.#inName = false
    return position
  }

  /** Between tokens. Takes one byte that counts, and returns the place after it. */
  #between(piece: Uint8Array, start: number): number {
    for (let position = start; position < piece.length; position++) {
      const byte = piece[position] ?? 0
      if (byte === space || byte === tab) continue
      if (byte === lineFeed || byte === carriageReturn) {
        piece[position] = space
        continue
      }
      this.#take(byte, this.#offset + position)
      return position + 1
    }
    return piece.length
  }

  #take(byte: number, at: number): void {
    switch (this.#expected) {
      case 'value or ]':
        if (byte === closeArray) this.#close(at)
        else this.#beginValue(byte, at)
        return
      case 'value':
        this.#beginValue(byte, at)
        return
      case 'name or }':
      case 'name':
        if (byte === quote) this.#beginName()
        else if (byte === closeObject && this.#expected === 'name or }') this.#close(at)
        else this.#fail()
        return
      case ':':
        if (byte === colon) this.#expected = 'value'
        else this.#fail()
        return
      case ', or end':
        if (byte === comma) this.#expected = this.#inObject ? 'name' : 'value'
        else if (byte === (this.#inObject ? closeObject : closeArray)) this.#close(at)
        else this.#fail()
        return
      case 'nothing':
        this.#fail()
    }
  }

  get #inObject(): boolean {
    return this.#stack[this.#depth - 1] === 1
  }

  #beginName(): void {
    if (this.#depth === 1) this.#name = []
    this.#inName = true
    this.#token = inString
  }

  #keepName(piece: Uint8Array, start: number, end: number): void {
    // One byte more than fits tells that it does not fit.
    const room = maxNameBytes + 1 - this.#name.length
    this.#name.push(...piece.subarray(start, Math.min(end, start + room)))
  }

  #beginValue(byte: number, at: number): void {
    if (this.#depth === 1) this.#value = { start: at, first: byte }
    if (byte === openObject || byte === openArray) {
      if (this.#depth === 0) this.#kind = byte === openObject ? 'object' : 'array'
      this.#open(byte === openObject)
      return
    }
    this.#token = tokenTable[(beforeToken << 8) | byte] ?? invalid
    if (this.#token === invalid) this.#fail()
  }

  #open(isObject: boolean): void {
    if (this.#depth === maxDepth) {
      this.#fail()
      return
    }
    if (this.#depth === this.#stack.length) {
      const larger = new Uint8Array(this.#stack.length * 2)
      larger.set(this.#stack)
      this.#stack = larger
    }
    this.#stack[this.#depth++] = isObject ? 1 : 0
    this.#expected = isObject ? 'name or }' : 'value or ]'
  }

  #close(at: number): void {
    this.#depth--
    this.#endValue(at + 1)
  }

  #endValue(end: number): void {
    this.#expected = this.#depth === 0 ? 'nothing' : ', or end'
    if (this.#depth !== 1 || !this.#inObject || this.#name.length > maxNameBytes) return
    const name = JSON.parse(`"${Buffer.from(this.#name).toString('utf8')}"`) as string
    if (this.#wanted.has(name)) this.#members.set(name, { ...this.#value, end })
  }

  #fail(): number {
    this.#failed = true
    return 0
  }
}
