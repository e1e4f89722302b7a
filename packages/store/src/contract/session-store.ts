/** What JSON can say. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [name: string]: JsonValue
}

/** A session as it is stored. */
export interface StoredSession {
  /** What was put, unchanged. */
  readonly data: JsonObject
  /** Names this state of the record; every write makes a new one, and none comes twice. Only to be compared. */
  readonly version: string
  /** Milliseconds since the Unix epoch, by the store's clock, at which the session ends if nobody touches it. */
  readonly expiresAt: number
}

export type CompareAndSetResult =
  | { readonly written: true; readonly version: string }
  /** Somebody else wrote or deleted meanwhile: nothing was changed. `current` is what is there now. */
  | { readonly written: false; readonly current: StoredSession | undefined }

/** A request that is being worked on, so that another process can tell that its answer will never come. */
export interface RequestInFlight {
  /** The JSON-RPC id: 7 and "7" are two. */
  readonly requestId: string | number
  /** Who works on it: by this another process can tell whether that one still lives. */
  readonly owner: string
  /** The event stream that will carry the answer, if there is one. */
  readonly streamId?: string
}

export type LeaseResult =
  | { readonly held: true; /** ms since the Unix epoch, by the store's clock. */ readonly expiresAt: number }
  /** Another owner has it; `owner` is that one's token. */
  | { readonly held: false; readonly owner: string }

/**
 * Sessions by their id, for any number of processes. Every method is one round trip to the store, is safe to call again,
 * and rejects with a {@link StoreError} only. Ids may be any string: they are hashed before they are used as a key.
 * All durations are in milliseconds.
 */
export interface SessionStore {
  /** The session; undefined where there is none, it has expired, or its record can't be read (a warning says so). */
  get(sessionId: string): Promise<StoredSession | undefined>

  /**
   * Creates or overwrites, whatever is there.
   * @returns the new version
   * @throws StoreError `too_large` beyond 1 MiB of JSON; `store_full`
   */
  put(sessionId: string, data: JsonObject, ttl: number): Promise<string>

  /**
   * Writes only if the stored version is still `expected`; undefined: only if there is no session.
   * A record that can't be read counts as none.
   */
  compareAndSet(
    sessionId: string,
    expected: string | undefined,
    data: JsonObject,
    ttl: number,
  ): Promise<CompareAndSetResult>

  /** Removes the session, its requests in flight and its events. @returns whether there was one */
  delete(sessionId: string): Promise<boolean>

  /**
   * From now on the session (with its events) lives for another `ttl`.
   * @returns the version of its record, by which a change of another process shows; undefined where there is no session
   */
  touch(sessionId: string, ttl: number): Promise<string | undefined>

  /**
   * What is due when a request arrives, in one round trip: tells whether the session still exists, lets it live for another
   * `ttl`, and notes the request as in flight. Where there is no session nothing is noted.
   * @returns the version of its record, by which a change of another process shows; undefined where there is no session
   * @throws StoreError `too_many_requests` beyond 1,000 in flight
   */
  startRequest(sessionId: string, request: RequestInFlight, ttl: number): Promise<string | undefined>

  /** The request is answered. Nothing happens if it was not noted, or by another owner. */
  finishRequest(sessionId: string, requestId: string | number, owner: string): Promise<void>

  /** Every request noted and not finished, in no order. */
  requestsInFlight(sessionId: string): Promise<readonly RequestInFlight[]>

  /**
   * Takes the lease `name` of this session for `ttl`, or renews it for the owner who has it. At most one owner holds a
   * lease at a time, by the store's clock. (Redis that fails over to a replica may forget one: its replication is
   * asynchronous. A lease avoids double work; it is no proof of being alone.)
   * @param owner a token of this holder's own, best with random bits
   */
  acquireLease(sessionId: string, name: string, owner: string, ttl: number): Promise<LeaseResult>

  /** Another `ttl` for the owner who still has it. @returns false where it expired or was taken: the owner must stop */
  renewLease(sessionId: string, name: string, owner: string, ttl: number): Promise<boolean>

  /** Gives it back. @returns whether this owner had it */
  releaseLease(sessionId: string, name: string, owner: string): Promise<boolean>

  /** Who has it now, if anybody. */
  leaseOwner(sessionId: string, name: string): Promise<string | undefined>

  /**
   * Counts a session into a group (say, of a principal), unless the group has `limit` others already. Who is in it
   * already is admitted again, with another `ttl`. What expires leaves by itself.
   * @returns whether the session is in the group now
   */
  admit(group: string, sessionId: string, ttl: number, limit: number): Promise<boolean>

  /** Takes a session out of a group. */
  leave(group: string, sessionId: string): Promise<void>
}
