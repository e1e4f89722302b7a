/** How a client's operation ended. */
export type Outcome =
  /** Answered with a result; `text` is what a tool said. */
  | { readonly kind: 'ok'; readonly text: string }
  /** Answered with the JSON-RPC error -32011: the server does not know. */
  | { readonly kind: 'outcome-unknown' }
  /** The connection broke after it may have been sent, and nothing can be resumed. */
  | { readonly kind: 'broken' }
  /** Everything else, none of which may be. */
  | { readonly kind: 'refused' | 'hung' | 'error'; readonly text: string }

export type Operation = 'bump' | 'work' | 'ask' | 'announce' | 'state' | 'level' | 'subscribe' | 'unsubscribe'

/** Something that a client asked for once. Times are in ms since the Unix epoch: several processes say them. */
export interface OperationRecord {
  /** Nobody else's. */
  readonly key: string
  readonly session: string
  readonly operation: Operation
  /** The level or the URI. */
  readonly argument?: string
  /** Steps of progress that are reported, or the number that is announced. */
  readonly count?: number
  readonly startedAt: number
  endedAt?: number
  /** Tries that were certainly never sent. */
  notSent: number
  /** Steps of progress that the client was told, in their order. */
  readonly progress: number[]
  outcome?: Outcome
}

/** A question of a tool that a client was asked. */
export interface QuestionRecord {
  /** Of the operation whose tool asks. */
  readonly key: string
  /** Of the execution that asks. */
  readonly proof: string
  /** What the client says to it. To no other question it says the same. */
  readonly answer: string
}

/** One HTTP request of a client. */
export interface WireRecord {
  readonly session: string
  readonly method: string
  /** The method of the JSON-RPC message in it, `answer` for one that answers the server, or what a GET asks for. */
  readonly what: string
  /** Of the operation it is sent for. */
  readonly key?: string
  readonly startedAt: number
  /** undefined: there was no answer. */
  status?: number
  answeredAt?: number
  /** Certainly: nothing was sent. */
  isNotSent: boolean
  /** Bytes of the answer that came. */
  bytes: number
  ending: 'open' | 'ended' | 'broken'
  endedAt?: number
}

export interface SessionRecord {
  readonly name: string
  readonly client: 'v1' | 'v2'
  /** The client learned its id. */
  isTold: boolean
  /** The handshake and the standalone stream were there: it was given work. */
  isOpen: boolean
  /** Announcements that came on the standalone stream, in their order. */
  readonly received: number[]
  /** When the client asked for its end. */
  endingAt?: number
  /** Then its calls still ran, and what the server said was still on its way. */
  isBusyAtEnd: boolean
  /** When the server had confirmed that it is deleted. */
  deletedAt?: number
  /** What a `ping` with its id was answered with at the end of the run, on each of some tries. */
  readonly afterwards: number[]
  /** What the SDK's client complained of. */
  readonly complaints: string[]
}

/** What the server processes wrote down, outside of their memory. */
export interface Evidence {
  readonly at: number
  /** The process that wrote it. */
  readonly instance: string
  readonly what:
    | 'executed'
    | 'announced'
    | 'restored'
    /** A tool got the answer to its question. */
    | 'heard'
    /** A tool waits for an answer no longer. */
    | 'gave up'
    /** An answer came for which nobody waits. */
    | 'surplus answer'
  /** Of the operation. */
  readonly key?: string
  /** What the answer to this very execution says. */
  readonly proof?: string
  /** Of the client, to the execution's question. */
  readonly answer?: string
}

/** What happened while one fleet of servers was killed, again and again. */
export interface History {
  readonly fleet: string
  readonly sessions: SessionRecord[]
  readonly operations: OperationRecord[]
  readonly questions: QuestionRecord[]
  readonly wire: WireRecord[]
  readonly evidence: Evidence[]
  readonly kills: { readonly at: number; readonly instance: string }[]
  /** Connections that the proxy cut, while the servers went on. */
  readonly cuts: number[]
  /** What went wrong in the run itself: waits past their deadline, servers that ended by themselves. */
  readonly troubles: string[]
}

export function emptyHistory(fleet: string): History {
  return {
    fleet,
    sessions: [],
    operations: [],
    questions: [],
    wire: [],
    evidence: [],
    kills: [],
    cuts: [],
    troubles: [],
  }
}
