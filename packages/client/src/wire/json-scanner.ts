import { joined, textOf } from './byte-text.js'
import { findWanted, type JsonOutline, type OpenOutline, type WantedMembers } from './json-outline.js'
import * as is from './json-tokens.js'
import { SpecialBytes } from './special-bytes.js'

/** `JSON.parse` has no such limit, but the stack of a scanner needs one. */
const maxDepth = 1_000_000
/** Of all strings and numbers that were asked for, in bytes: ids and names of methods are short. */
const maxKeptBytes = 64 * 1024
/** More members than anybody's batch has. */
const maxElements = 1_000

const noBytes = new Uint8Array()

/**
 * Checks in passing that bytes are one JSON text, in pieces that may be cut anywhere, and finds out what is asked for: a
 * few members, of the text itself and, where it is an array, of its elements. Nothing else is held. It takes for JSON
 * what `JSON.parse` does with the text that a decoder makes of the bytes.
 */
export class JsonScanner {
  readonly #wanted: WantedMembers
  #state: number = is.expectValue
  #depth = 0
  /** One for an object, zero for an array. */
  #stack = new Uint8Array(32)
  /** Bytes in the pieces before this one. */
  #offset = 0
  /** The containers around the current place that are worth a look, from the outermost one. */
  readonly #looked: { readonly outline: OpenOutline; readonly wanted: WantedMembers }[] = []
  #root: OpenOutline | undefined
  /** What the current name in the innermost of them asks for. */
  #member: WantedMembers['all'][number] | undefined
  /** The last value that was asked for, while it may still be open. */
  #value: OpenOutline | undefined
  /** The token that is kept began here in this piece; -1: none is. */
  #keptFrom = -1
  /** What is kept of it in the pieces before. */
  #kept: Uint8Array[] = []
  #keptBytes = 0
  #room = maxKeptBytes

  constructor(wanted: WantedMembers) {
    this.#wanted = wanted
  }

  /** This is no JSON, whatever may follow. */
  get isInvalid(): boolean {
    return this.#state === is.invalid
  }

  /** What is known so far; `undefined` before the first value. */
  get outline(): JsonOutline | undefined {
    return this.#root
  }

  /** How many bytes were taken, line breaks included. */
  get length(): number {
    return this.#offset
  }

  /**
   * Takes the next piece, up to the first line break: whether that is white space, or no part of the text at all, its
   * owner knows. Returns the place of it, `end` when there is none.
   */
  push(piece: Uint8Array, start = 0, end = piece.byteLength): number {
    const special = new SpecialBytes(piece)
    // Places are counted from the beginning of the text.
    this.#offset -= start
    if (this.#keptFrom >= 0) this.#keptFrom = start
    let stop = this.isInvalid ? start : this.#scan(piece, special, start, end)
    if (this.isInvalid) stop = nextLineBreak(piece, special, stop, end)
    else if (this.#keptFrom >= 0) this.#keep(piece, stop)
    this.#offset += stop
    return stop
  }

  /** Takes a line break as a part of the text. */
  lineBreak(): void {
    this.#offset++
    if (is.isBetweenTokens(this.#state)) return
    if (!is.mayEndIn(this.#state)) this.#state = is.invalid
    else this.#endValue(noBytes, -1)
  }

  /** To be called after the last piece. */
  end(): JsonOutline | 'cut off' | 'no JSON' {
    if (this.isInvalid) return 'no JSON'
    if (this.#depth === 0 && is.mayEndIn(this.#state)) this.#endValue(noBytes, 0)
    return this.#state === is.afterAll && this.#root ? this.#root : 'cut off'
  }

  #scan(piece: Uint8Array, special: SpecialBytes, start: number, end: number): number {
    let state = this.#state
    let at = state === is.inString || state === is.inName ? special.next(start, end) : start
    for (; at < end; at++) {
      const byte = piece[at] ?? 0
      const next = is.jsonTable[(state << 8) | byte] ?? is.invalid
      if (next >= is.firstState) {
        state = next
        continue
      }
      switch (next) {
        case is.beginValue: {
          if (this.#looked.length === this.#depth) this.#beginValue(byte, at)
          const begun = is.jsonTable[(is.beforeValue << 8) | byte] ?? is.invalid
          if (begun >= is.firstState) state = begun
          else if (begun !== is.beginString) state = this.#open(begun === is.openObject)
          else {
            state = is.inString
            at = special.next(at + 1, end) - 1
          }
          break
        }
        case is.beginName:
          if (this.#isLookedInto) this.#keptFrom = at
          state = is.inName
          at = special.next(at + 1, end) - 1
          break
        case is.escapeOver:
          state = is.stateAfterEscape(state)
          at = special.next(at + 1, end) - 1
          break
        case is.endName:
          if (this.#isLookedInto) this.#endName(piece, at + 1)
          state = is.expectColon
          break
        case is.endValue:
          state = this.#endValue(piece, at + 1)
          break
        case is.endedBefore:
          state = this.#endValue(piece, at)
          at--
          break
        case is.close:
          state = this.#close(at + 1)
          break
        case is.lineBreak:
          this.#state = state
          return at
        default:
          this.#state = is.invalid
          return at
      }
    }
    this.#state = state
    return end
  }

  /** Whether the container around the current place is worth a look. */
  get #isLookedInto(): boolean {
    return this.#looked.length === this.#depth
  }

  #beginValue(first: number, at: number): void {
    const around = this.#looked.at(-1)
    const { elements, members } = around?.outline ?? {}
    const isWanted = members ? this.#member !== undefined : (elements?.length ?? 0) < maxElements
    this.#value = isWanted ? outlineFrom(first, this.#offset + at) : undefined
    if (!this.#value) return
    this.#keptFrom = at
    if (members && this.#member) members.set(this.#member.name, this.#value)
    else if (elements) elements.push(this.#value)
    else this.#root = this.#value
  }

  /** What to look for in an object or array that begins; `undefined`: not worth a look. */
  #wantedIn(isObject: boolean): WantedMembers | undefined {
    if (!isObject) return this.#depth === 0 ? this.#wanted : undefined
    const around = this.#looked.at(-1)
    return around?.outline.members ? this.#member?.members : this.#wanted
  }

  #open(isObject: boolean): number {
    if (this.#isLookedInto && this.#value) {
      this.#keptFrom = -1
      const wanted = this.#wantedIn(isObject)
      if (wanted && wanted.all.length > 0) {
        if (isObject) this.#value.members = new Map()
        else this.#value.elements = []
        this.#looked.push({ outline: this.#value, wanted })
      }
    }
    if (this.#depth === maxDepth) return is.invalid
    if (this.#depth === this.#stack.length) {
      const larger = new Uint8Array(this.#stack.length * 2)
      larger.set(this.#stack)
      this.#stack = larger
    }
    this.#stack[this.#depth++] = isObject ? 1 : 0
    return isObject ? is.expectNameOrClose : is.expectValueOrClose
  }

  #close(end: number): number {
    if (this.#isLookedInto) this.#value = this.#looked.pop()?.outline
    this.#depth--
    return this.#valueIsOver(end)
  }

  /** A string, a number or a word ends. */
  #endValue(piece: Uint8Array, end: number): number {
    if (this.#isLookedInto && this.#value && this.#keptFrom >= 0) {
      const size = this.#keptBytes + end - this.#keptFrom
      if (size <= this.#room) {
        this.#room -= size
        this.#value.text =
          this.#keptBytes === 0 ? textOf(piece, this.#keptFrom, end) : textOf(this.#takeKept(piece, end))
      }
      this.#forgetKept()
    }
    return this.#valueIsOver(end)
  }

  #valueIsOver(end: number): number {
    if (this.#isLookedInto && this.#value) {
      this.#value.end = this.#offset + end
      this.#value = undefined
    }
    if (this.#depth === 0) return (this.#state = is.afterAll)
    return (this.#state = this.#stack[this.#depth - 1] === 1 ? is.afterMember : is.afterElement)
  }

  #endName(piece: Uint8Array, end: number): void {
    const wanted = this.#looked.at(-1)?.wanted
    this.#member = undefined
    if (!wanted || this.#keptFrom < 0) return
    if (this.#keptBytes === 0) this.#member = findWanted(wanted, piece, this.#keptFrom, end)
    else {
      const name = this.#takeKept(piece, end)
      this.#member = findWanted(wanted, name, 0, name.byteLength)
    }
    this.#forgetKept()
  }

  /** The piece ends in a token that is kept. */
  #keep(piece: Uint8Array, end: number): void {
    this.#keptBytes += end - this.#keptFrom
    if (this.#keptBytes <= this.#room) this.#kept.push(piece.slice(this.#keptFrom, end))
    else this.#forgetKept()
  }

  #forgetKept(): void {
    this.#keptFrom = -1
    if (this.#keptBytes === 0) return
    this.#kept = []
    this.#keptBytes = 0
  }

  /** A token that began in the pieces before. */
  #takeKept(piece: Uint8Array, end: number): Uint8Array {
    return joined([...this.#kept, piece.subarray(this.#keptFrom, Math.max(this.#keptFrom, end))])
  }
}

function outlineFrom(first: number, start: number): OpenOutline {
  return { first, start, end: start, text: undefined, members: undefined, elements: undefined }
}

function nextLineBreak(piece: Uint8Array, special: SpecialBytes, start: number, end: number): number {
  let at = special.next(start, end)
  while (at < end && piece[at] !== 0x0a && piece[at] !== 0x0d) at = special.next(at + 1, end)
  return at
}
