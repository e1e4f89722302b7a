import type { RequestId } from '../wire/json-rpc.js'

/** One POST with requests, from its arrival to its last answer. */
export interface Dispatch {
  /** The stream under which its events are stored: ours, so that it is known before the SDK has made one. */
  readonly streamId: string
  /** Our own: nothing of it is stored, and nothing goes out. */
  readonly isSynthetic: boolean
}

/** A request that runs in this process. */
export interface RunningRequest {
  readonly id: RequestId
  readonly method: string
  readonly params: unknown
  readonly dispatch: Dispatch
}
