/** A JSON-RPC message; `{}` for the SDKs' priming event. */
export type StoredMessage = object

export interface StoredEvent {
  readonly eventId: string
  readonly message: StoredMessage
}

/** What follows an event in its stream. */
export interface EventPage {
  readonly streamId: string
  /** In the order in which they were stored; at most as many as were asked for, and one at least where more follow. */
  readonly events: readonly StoredEvent[]
  /** Whether more follow after the last one. */
  readonly more: boolean
}

export interface ReadEventsResult {
  /**
   * - `found`: the event is kept, and so is all that followed it.
   * - `trimmed`: the event is gone, but later ones of its stream are kept: some between may be missing.
   * - `unknown`: neither the event nor anything later is kept (or it was never stored).
   * - `invalid`: no event id of ours.
   */
  readonly status: 'found' | 'trimmed' | 'unknown' | 'invalid'
  /** The stream that the event id names, unless it is `invalid`. */
  readonly streamId?: string
  /** With `found` what follows the event; with `trimmed` what is kept of the stream. */
  readonly page?: EventPage
}

/**
 * The events of one session: the `EventStore` of both SDK majors, and more. Any process may append and read. Events of one
 * stream come back in the order in which the store took them.
 *
 * Kept are, apart from each other, the events of the standalone stream and those of all call streams, each up to
 * `maxEvents`, `maxBytes` and `maxAge`; the newest event is always kept, for as long as the session lives.
 */
export interface SessionEvents {
  /** Stores an event. @returns its id, once it is stored */
  storeEvent(streamId: string, message: StoredMessage): Promise<string>

  /**
   * The same, with the id at once: for writes that may follow the answer. Appends of one process to one stream keep
   * their order. `stored` has to be handled: it rejects when the event could not be stored.
   */
  append(streamId: string, message: StoredMessage): { readonly eventId: string; readonly stored: Promise<void> }

  /**
   * The id of what is before the first event of a stream, for an SDK's priming event: nothing has to be stored for it. It is
   * `found` as long as anything of the stream is kept.
   */
  startOf(streamId: string): string

  /** The stream of an event that is still kept; undefined otherwise, so that the SDK refuses the resumption with 400. */
  getStreamIdForEventId(eventId: string): Promise<string | undefined>

  /**
   * Sends all that followed an event in its stream, one after the other.
   * @returns the stream
   * @throws StoreError `event_unknown` where something may be missing; `send` was not called then
   */
  replayEventsAfter(
    lastEventId: string,
    { send }: { send: (eventId: string, message: StoredMessage) => Promise<void> },
  ): Promise<string>

  /** What follows an event, a page at a time. @param limit of events, 1 to 1,000. @default 100 */
  read(lastEventId: string, limit?: number): Promise<ReadEventsResult>

  /** A stream from its first kept event on. @param limit of events, 1 to 1,000. @default 100 */
  readFromStart(streamId: string, limit?: number): Promise<EventPage>

  /**
   * Whether a client that has seen `lastEventId` has seen this event as well, as far as ids tell: true for one that the same
   * process appended to the same stream, not later. For where the last event itself was never stored.
   */
  hasSeen(lastEventId: string, eventId: string): boolean

  /** Forgets all events of the session. `sessions.delete()` does that too. */
  clear(): Promise<void>
}
