import { isNobody, type JsonObject, parseJson } from '../message.js'
import { type LargeFacts, largeVerdict, type LargeVerdict } from './large-verdict.js'
import type { JsonOutline } from './json-scanner.js'
import type { SpoolFile } from './spool-file.js'
import type { SpoolShare } from './spool-space.js'

/** What the bridge looks at in a message. */
export const lookedAt = ['jsonrpc', 'id', 'method', 'result', 'error'] as const

/** Enough of an answer to be quoted. */
export const maxQuotedBytes = 4 * 1024

/** No id that a host makes up is longer. */
const maxIdBytes = 64 * 1024

const openObject = 0x7b

/** An answer that is whole, one JSON text on one line, and on disk. */
export class LargeAnswer implements LargeFacts {
  readonly #file: SpoolFile
  readonly #outline: JsonOutline
  readonly #id: unknown
  readonly #share: SpoolShare

  private constructor(file: SpoolFile, outline: JsonOutline, id: unknown, share: SpoolShare) {
    this.#file = file
    this.#outline = outline
    this.#id = id
    this.#share = share
  }

  /** @param share what it takes of the room; given back when it is closed */
  static async read(file: SpoolFile, outline: JsonOutline, share: SpoolShare): Promise<LargeAnswer> {
    const place = outline.members.get('id')
    const isKnown = place && place.end - place.start <= maxIdBytes
    return new LargeAnswer(
      file,
      outline,
      isKnown ? parseJson(await file.text(place.start, place.end)) : undefined,
      share,
    )
  }

  /** In bytes. */
  get size(): number {
    return this.#file.size
  }

  get isBatch(): boolean {
    return this.#outline.kind === 'array'
  }

  /** A JSON-RPC message, and not several. */
  get isMessage(): boolean {
    return this.#outline.kind === 'object' && this.#outline.members.has('jsonrpc')
  }

  /** A JSON-RPC error response, whatever its id. */
  get isError(): boolean {
    return this.isMessage && this.#outline.members.get('error')?.first === openObject
  }

  /** It bears an id. */
  get isForSomebody(): boolean {
    return !isNobody(this.#id)
  }

  /** What to do with it. */
  get verdict(): LargeVerdict {
    return largeVerdict(this)
  }

  /** The message with nothing in it but its id: what it was, `result` or `error`, is there and empty. */
  get head(): JsonObject {
    const { members } = this.#outline
    const empty = { method: '', result: {}, error: {} }
    return {
      ...Object.fromEntries(Object.entries(empty).filter(([name]) => members.has(name))),
      ...(members.has('id') ? { id: this.#id } : {}),
    }
  }

  /** Whole, as text. */
  text(): Promise<string> {
    return this.#file.text()
  }

  /** Its beginning, to be quoted. */
  beginning(): Promise<string> {
    return this.#file.text(0, Math.min(maxQuotedBytes, this.size))
  }

  /** As it was written. */
  pieces(): AsyncIterable<Uint8Array> {
    return this.#file.pieces()
  }

  /** The same answer on another id. */
  async *piecesWithId(idText: string): AsyncGenerator<Uint8Array, void, undefined> {
    const { members } = this.#outline
    const name = members.has('result') ? 'result' : 'error'
    const place = members.get(name)
    yield Buffer.from(`{"jsonrpc":"2.0","id":${idText},"${name}":`)
    if (place) yield* this.#file.pieces(place.start, place.end)
    yield Buffer.from(place ? '}' : 'null}')
  }

  /** Removes it. Never rejects. */
  async close(): Promise<void> {
    await this.#file.close()
    this.#share.giveBack()
  }
}
