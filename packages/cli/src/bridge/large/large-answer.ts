import { type JsonOutline, scalarOf } from '@mcp-tether/client/internal'
import { isNobody, type JsonObject } from '../message.js'
import { type LargeFacts, largeVerdict, type LargeVerdict } from './large-verdict.js'
import type { SpoolFile } from './spool-file.js'
import type { SpoolShare } from './spool-space.js'

/** What the bridge looks at in a message. */
export const lookedAt = ['jsonrpc', 'id', 'method', 'result', 'error'] as const

/** Enough of an answer to be quoted. */
export const maxQuotedBytes = 4 * 1024

const [openObject, openArray] = [0x7b, 0x5b]

/** An answer that is whole, one JSON text on one line, and on disk. */
export class LargeAnswer implements LargeFacts {
  readonly #file: SpoolFile
  readonly #outline: JsonOutline
  readonly #share: SpoolShare

  /** @param share what it takes of the room; given back when it is closed */
  constructor(file: SpoolFile, outline: JsonOutline, share: SpoolShare) {
    this.#file = file
    this.#outline = outline
    this.#share = share
  }

  /** In bytes. */
  get size(): number {
    return this.#file.size
  }

  get isBatch(): boolean {
    return this.#outline.first === openArray
  }

  /** A JSON-RPC message, and not several. */
  get isMessage(): boolean {
    return this.#member('jsonrpc') !== undefined
  }

  /** A JSON-RPC error response, whatever its id. */
  get isError(): boolean {
    return this.isMessage && this.#member('error')?.first === openObject
  }

  /** It bears an id. */
  get isForSomebody(): boolean {
    return !isNobody(scalarOf(this.#member('id')))
  }

  /** What to do with it. */
  get verdict(): LargeVerdict {
    return largeVerdict(this)
  }

  /** The message with nothing in it but its id: what it was, `result` or `error`, is there and empty. */
  get head(): JsonObject {
    const empty = { method: '', result: {}, error: {} }
    const id = this.#member('id')
    return {
      ...Object.fromEntries(Object.entries(empty).filter(([name]) => this.#member(name))),
      ...(id ? { id: scalarOf(id) } : {}),
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
    const name = this.#member('result') ? 'result' : 'error'
    const place = this.#member(name)
    yield Buffer.from(`{"jsonrpc":"2.0","id":${idText},"${name}":`)
    if (place) yield* this.#file.pieces(place.start, place.end)
    yield Buffer.from(place ? '}' : 'null}')
  }

  /** Removes it. Never rejects. */
  async close(): Promise<void> {
    await this.#file.close()
    this.#share.giveBack()
  }

  #member(name: string): JsonOutline | undefined {
    return this.#outline.members?.get(name)
  }
}
