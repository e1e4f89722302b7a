/**
 * Event ids are good in the upstream session that gave them and in no other: the next server would take one for its
 * own, or refuse it. From epoch 2 on they say towards the client which epoch they are of; in epoch 1 they pass as they
 * are, because bytes do.
 */
export interface EventId {
  readonly epoch: number
  /** As the server gave it. */
  readonly id: string
}

/** @param tag of this middleware alone, so that another one in front of it or behind it does not take it for its own */
export function outwardEventId(tag: string, { epoch, id }: EventId): string {
  return epoch === 1 ? id : `${tag}.${String(epoch)}.${id}`
}

/** Reads what {@link outwardEventId} wrote. */
export function readEventId(tag: string, outward: string): EventId {
  const [, epoch, id] = outward.startsWith(`${tag}.`)
    ? (/^\.(\d+)\.([\s\S]*)$/.exec(outward.slice(tag.length)) ?? [])
    : []
  return epoch === undefined || id === undefined ? { epoch: 1, id: outward } : { epoch: Number(epoch), id }
}

/**
 * Whether an id can be sent back in a header (RFC 9110, 5.5). One that can't be asked for is as good as none.
 */
export function canBeAskedFor(id: string): boolean {
  return /^[\x21-\x7e\x80-\xff](?:[\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/.test(id)
}
