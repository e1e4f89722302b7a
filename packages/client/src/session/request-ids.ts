import type { JsonRpcId } from '../wire/json-rpc.js'

/**
 * The ids of a server's own requests begin again at 0 in every new session of both SDKs, so that a late answer to the
 * old question 0 would be taken for one to the new question 0. From epoch 2 on they carry their epoch towards the
 * client, as a string that remembers whether the id was a number; clients return ids unchanged. The same goes for the
 * progress tokens that servers make of them.
 */
export interface RequestId {
  readonly epoch: number
  /** As the server gave it. */
  readonly id: JsonRpcId
}

/** @param tag of this middleware alone, see `outwardEventId` */
export function outwardRequestId(tag: string, { epoch, id }: RequestId): JsonRpcId {
  if (epoch === 1) return id
  const [kind, text] = typeof id === 'number' ? ['n', String(id)] : ['s', id.replaceAll(/[^A-Za-z0-9-]/g, escaped)]
  return `${tag}.${String(epoch)}.${kind}.${text}`
}

/** Reads what {@link outwardRequestId} wrote. */
export function readRequestId(tag: string, outward: JsonRpcId): RequestId {
  if (typeof outward === 'number' || !outward.startsWith(`${tag}.`)) return { epoch: 1, id: outward }
  const [, epoch, kind, text] = /^\.(\d+)\.([ns])\.(.*)$/.exec(outward.slice(tag.length)) ?? []
  if (epoch === undefined || text === undefined) return { epoch: 1, id: outward }
  const id = kind === 'n' ? Number(text) : text.replaceAll(/~([0-9a-f]{4})/g, (_, hex: string) => unescaped(hex))
  return { epoch: Number(epoch), id }
}

/** Nothing is left in it that JSON would write in more than one way: the outward id can be found in a message's text. */
function escaped(character: string): string {
  return `~${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function unescaped(hex: string): string {
  return String.fromCharCode(parseInt(hex, 16))
}
