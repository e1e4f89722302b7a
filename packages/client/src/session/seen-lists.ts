import { ContentDigest } from '../base/content-digest.js'
import type { JsonObject } from '../wire/json-rpc.js'

/** A list that a client asks for page by page. */
export interface ListKind {
  readonly method: string
  /** The member of the result that holds the items. */
  readonly items: string
  /** The capability that it belongs to; `notifications/<capability>/list_changed` says that it changed. */
  readonly capability: 'tools' | 'prompts' | 'resources'
}

/** MCP 2025-11-25, Server Features. */
export const listKinds: readonly ListKind[] = [
  { method: 'tools/list', items: 'tools', capability: 'tools' },
  { method: 'prompts/list', items: 'prompts', capability: 'prompts' },
  { method: 'resources/list', items: 'resources', capability: 'resources' },
  { method: 'resources/templates/list', items: 'resourceTemplates', capability: 'resources' },
]

/** A list as the client last saw it: as many pages as it has asked for so far. */
export interface SeenList {
  readonly kind: ListKind
  /** The epoch of its first page. */
  readonly epoch: number
  readonly digest: ContentDigest
  /** Where it goes on; `undefined` when the client has seen all of it. */
  nextCursor: string | undefined
}

/** What the client last saw of the lists that it ever asked for: digests, no items. */
export class SeenLists {
  #lists: readonly SeenList[] | undefined

  get all(): readonly SeenList[] {
    return this.#lists ?? []
  }

  /**
   * Takes note of one page. The first page begins the list anew; a later one counts when it is the next. The pages of
   * two listings at the same time are not counted twice.
   * @param cursor what the client asked for, `undefined` for the first page
   * @param epoch the epoch that answered
   */
  note(kind: ListKind, cursor: unknown, result: JsonObject, epoch: number): void {
    const seen = cursor === undefined ? this.#begin(kind, epoch) : this.all.find((list) => list.kind === kind)
    if (!seen || seen.nextCursor !== cursor) return
    for (const item of itemsOf(kind, result)) seen.digest.add(item)
    seen.nextCursor = nextCursorOf(result)
  }

  #begin(kind: ListKind, epoch: number): SeenList {
    const begun = { kind, epoch, digest: new ContentDigest(), nextCursor: undefined }
    const isKnown = this.all.some((list) => list.kind === kind)
    this.#lists = isKnown ? this.all.map((list) => (list.kind === kind ? begun : list)) : this.all.concat([begun])
    return begun
  }
}

export function itemsOf({ items }: ListKind, result: JsonObject): readonly unknown[] {
  const list = result[items]
  return Array.isArray(list) ? list : []
}

/** Longer ones are not kept: a server may not make us hold them. */
const maxCursorLength = 10_000

export function nextCursorOf({ nextCursor }: JsonObject): string | undefined {
  return typeof nextCursor === 'string' && nextCursor.length <= maxCursorLength ? nextCursor : undefined
}
