import type { History, RequestRecord, WireRecord } from '../model/history.js'

/** A history, and what several rules look up in it. */
export interface CaseFile extends History {
  /** The tries of a client's request, in their order. */
  readonly triesOf: (request: RequestRecord) => readonly WireRecord[]
  /** The requests that the engine made for a client of its own accord. */
  readonly ownOf: (client: number) => readonly WireRecord[]
  /**
   * Whether this request got an answer that means a loss only where its method was answered before: for who sees nothing
   * else of a session, it is what the server says.
   */
  readonly isUnrecognisable: (request: RequestRecord) => boolean
}

/** A rule of the judge: what in a history must not be, in sentences. */
export type Rule = (history: CaseFile) => Iterable<string>

export function caseFileOf(history: History): CaseFile {
  const tries = new Map<string, WireRecord[]>()
  const own = new Map<number, WireRecord[]>()
  for (const record of history.wire) {
    if (record.isEnginesOwn) addTo(own, record.client, record)
    else if (record.method === 'POST') addTo(tries, record.key, record)
  }
  return {
    ...history,
    triesOf: ({ key }) => tries.get(key) ?? [],
    ownOf: (client) => own.get(client) ?? [],
    isUnrecognisable: ({ key }) => tries.get(key)?.at(-1)?.dialect === 'invalidRequestInOk',
  }
}

function addTo<Key>(lists: Map<Key, WireRecord[]>, key: Key, record: WireRecord): void {
  const list = lists.get(key)
  if (list) list.push(record)
  else lists.set(key, [record])
}
