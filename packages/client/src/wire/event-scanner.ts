import { joined, textOf } from './byte-text.js'

/** Reads the data of one event as its bytes pass. */
export interface EventData {
  /**
   * Takes bytes of a line of data, up to the line's end. Returns the place of the first line break, `end` when there is
   * none.
   */
  readonly push: (bytes: Uint8Array, start: number, end: number) => number
  /** Another line of data follows. */
  readonly lineBreak: () => void
}

/** An event of a stream (HTML Standard, 9.2.6) that is whole. `id` and `event` only where the event itself has them. */
export interface ScannedEvent<Data> {
  readonly id: string | undefined
  readonly event: string | undefined
  readonly data: Data
}

/** What some bytes of a stream belong to; `blank` is the line that ends an event. */
export type LineKind = 'data' | 'id' | 'event' | 'retry' | 'comment' | 'other' | 'blank'

export interface EventScannerHandlers<Data extends EventData> {
  /** Makes what reads the data of the event that has begun. */
  readonly readData: () => Data
  readonly onEvent: (event: ScannedEvent<Data>) => void
  /** The server's wish how long to wait before its stream is opened again, in milliseconds. */
  readonly onRetry?: (ms: number) => void
  /** Lines or parts of them, without their ends, in order. */
  readonly onBytes?: (kind: LineKind, bytes: Uint8Array) => void
  /** A line has ended, a `blank` one after {@link onEvent} was told. */
  readonly onLineEnd?: (kind: LineKind) => void
}

const [lineFeed, carriageReturn, colon, space] = [0x0a, 0x0d, 0x3a, 0x20]

/** The longest name of a field. */
const maxNameLength = 5
const fields = (['data', 'event', 'id', 'retry'] as const).map((kind) => ({
  kind,
  /** With its colon. */
  bytes: new TextEncoder().encode(`${kind}:`),
}))

/** An id that goes into a header, or a type; one that is longer is as good as none. */
const maxValueBytes = 16 * 1024

/** Stands for a type that is too long. */
const unknownType = '(too long)'

/** As characters, one for each byte. */
const byteOrderMark = '\u00ef\u00bb\u00bf'
const noBytes = new Uint8Array()

/**
 * Reads an event stream from its bytes, in pieces that may be cut anywhere, and holds nothing but ids and types. It says
 * what an `EventSource` would say of the same bytes, but of the data: those go to who wants to read them, as they come.
 */
export class EventScanner<Data extends EventData> {
  readonly #handlers: EventScannerHandlers<Data>
  /** What the current line is; `undefined` while its beginning does not say that. */
  #kind: LineKind | undefined
  /** The beginning of a line whose kind it does not say, a character for each byte. */
  #name = ''
  /** The line has had its colon, and a space may follow. */
  #isAfterColon = false
  /** The value of the current line in the pieces before this one; `undefined` when it is too long. */
  #value: Uint8Array | undefined = noBytes
  /** A line feed that follows belongs to the line that is over. */
  #isAfterReturn = false
  /** How much of a byte order mark has come; -1: that is over. */
  #markLength: number
  #data: Data | undefined
  #id: string | undefined
  #event: string | undefined
  #isInEvent = false

  /** @param isBeginning whether a byte order mark may come first */
  constructor(handlers: EventScannerHandlers<Data>, isBeginning = true) {
    this.#handlers = handlers
    this.#markLength = isBeginning ? 0 : -1
  }

  /** Nothing was begun that is not ended, so that something else may be put in here. */
  get isBetweenEvents(): boolean {
    return !this.#isInEvent && this.isBetweenLines
  }

  get isBetweenLines(): boolean {
    return this.#kind === undefined && this.#name === '' && this.#markLength <= 0
  }

  /** A carriage return may be half of a line's end, so that other readers wait for what comes. */
  get isAfterReturn(): boolean {
    return this.#isAfterReturn
  }

  /** The data of the event that has begun, as far as they have come. */
  get data(): Data | undefined {
    return this.#data
  }

  push(piece: Uint8Array): void {
    const { byteLength } = piece
    let at = this.#markLength < 0 ? 0 : this.#skipMark(piece)
    if (this.#isAfterReturn && byteLength > 0) {
      this.#isAfterReturn = false
      if (piece[0] === lineFeed) at = 1
    }
    while (at < byteLength) at = this.#line(piece, at)
  }

  /** Takes a line, or as much of it as there is. Returns the place after it. */
  #line(piece: Uint8Array, start: number): number {
    const { onBytes, onLineEnd } = this.#handlers
    const nameBefore = this.#name
    let at = this.#kind === undefined ? this.#readName(piece, start) : start
    const kind = this.#kind
    if (kind === undefined) return at
    if (onBytes && nameBefore !== '')
      onBytes(
        kind,
        Uint8Array.from(nameBefore, (each) => each.charCodeAt(0)),
      )
    const { byteLength } = piece
    if (this.#isAfterColon && at < byteLength) {
      this.#isAfterColon = false
      if (piece[at] === space) at++
    }
    const valueStart = at
    at = this.#readValue(kind, piece, at)
    if (onBytes && at > start) onBytes(kind, piece.subarray(start, at))
    if (at === byteLength) return at
    const valueEnd = at
    this.#isAfterReturn = piece[at++] === carriageReturn
    if (this.#isAfterReturn && at < byteLength) {
      this.#isAfterReturn = false
      if (piece[at] === lineFeed) at++
    }
    this.#endLine(kind, piece, valueStart, valueEnd)
    onLineEnd?.(kind)
    return at
  }

  /** A byte order mark belongs to no line. Returns the place after it. */
  #skipMark(piece: Uint8Array): number {
    for (let at = 0; at < piece.byteLength; at++) {
      if (piece[at] !== byteOrderMark.charCodeAt(this.#markLength)) {
        this.#name = byteOrderMark.slice(0, this.#markLength - at)
        this.#markLength = -1
        return 0
      }
      if (++this.#markLength === byteOrderMark.length) {
        this.#markLength = -1
        return at + 1
      }
    }
    return piece.byteLength
  }

  /** Reads on until it is known what kind of line it is. Returns the place after the colon, or of the line's end. */
  #readName(piece: Uint8Array, start: number): number {
    const { byteLength } = piece
    const field = this.#name === '' ? fieldAt(piece, start) : undefined
    if (field) {
      this.#beginLine(field.kind)
      this.#isAfterColon = true
      return start + field.bytes.byteLength
    }
    const limit = Math.min(byteLength, start + maxNameLength + 1 - this.#name.length)
    for (let at = start; at < limit; at++) {
      const byte = piece[at]
      if (byte !== colon && byte !== lineFeed && byte !== carriageReturn) continue
      this.#addToName(piece, start, at)
      this.#beginLine(kindOf(this.#name, byte === colon))
      this.#isAfterColon = byte === colon
      return byte === colon ? at + 1 : at
    }
    this.#addToName(piece, start, limit)
    if (this.#name.length > maxNameLength) this.#beginLine('other')
    return limit
  }

  #addToName(piece: Uint8Array, start: number, end: number): void {
    if (end > start) this.#name += String.fromCharCode(...piece.subarray(start, end))
  }

  #beginLine(kind: LineKind): void {
    this.#kind = kind
    this.#name = ''
    if (kind !== 'data') return
    if (this.#data) this.#data.lineBreak()
    else this.#data = this.#handlers.readData()
  }

  /** Returns the place of the line's end, or the piece's. */
  #readValue(kind: LineKind, piece: Uint8Array, start: number): number {
    const { byteLength } = piece
    if (kind === 'data') return this.#data?.push(piece, start, byteLength) ?? start
    let at = start
    while (at < byteLength && piece[at] !== lineFeed && piece[at] !== carriageReturn) at++
    if (at === byteLength && kind !== 'comment' && kind !== 'other') this.#keepValue(piece.slice(start))
    return at
  }

  #keepValue(more: Uint8Array): void {
    const before = this.#value
    this.#value = before && before.byteLength + more.byteLength <= maxValueBytes ? joined([before, more]) : undefined
  }

  /** The value of the line that ends; `undefined` when it is too long. */
  #takeValue(piece: Uint8Array, start: number, end: number): string | undefined {
    if (this.#value === noBytes && end - start <= maxValueBytes) return textOf(piece, start, end)
    this.#keepValue(piece.subarray(start, end))
    const value = this.#value
    this.#value = noBytes
    return value && textOf(value)
  }

  #endLine(kind: LineKind, piece: Uint8Array, start: number, end: number): void {
    this.#kind = undefined
    switch (kind) {
      case 'blank':
        this.#endEvent()
        return
      case 'comment':
        return
      case 'id': {
        const id = this.#takeValue(piece, start, end)
        if (!id?.includes('\0')) this.#id = id
        break
      }
      case 'event':
        this.#event = (this.#takeValue(piece, start, end) ?? unknownType) || undefined
        break
      case 'retry': {
        const ms = this.#takeValue(piece, start, end) ?? ''
        if (/^\d+$/.test(ms)) this.#handlers.onRetry?.(Number.parseInt(ms, 10))
        break
      }
      case 'data':
      case 'other':
        break
    }
    this.#isInEvent = true
  }

  #endEvent(): void {
    const event = this.#data && { id: this.#id, event: this.#event, data: this.#data }
    this.#id = undefined
    this.#event = undefined
    this.#data = undefined
    this.#isInEvent = false
    if (event) this.#handlers.onEvent(event)
  }
}

function kindOf(name: string, hasColon: boolean): LineKind {
  if (name === '') return hasColon ? 'comment' : 'blank'
  return fields.find(({ kind }) => kind === name)?.kind ?? 'other'
}

/** The field whose name and colon stand whole in some bytes. */
function fieldAt(bytes: Uint8Array, start: number): (typeof fields)[number] | undefined {
  for (const field of fields) {
    const { byteLength } = field.bytes
    let length = 0
    while (length < byteLength && bytes[start + length] === field.bytes[length]) length++
    if (length === byteLength) return field
  }
  return undefined
}
