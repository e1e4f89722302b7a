import type { WarningListener } from './warning.js'

/** A session's record as a back end keeps it: it knows keys, bytes and versions, and nothing of what they mean. */
export interface RawSession {
  readonly bytes: Uint8Array
  readonly version: string
  /** ms since the Unix epoch, by the store's clock. */
  readonly expiresAt: number
}

/** What has to be there for a write: a version, nothing (`absent`), or whatever (`any`). */
export type Expected = { readonly version: string } | 'absent' | 'any'

export type RawWriteResult =
  { readonly written: true } | { readonly written: false; readonly current: RawSession | undefined }

export type StartResult = { readonly version: string } | 'no session' | 'full'

/** The two logs of a session, trimmed apart from each other: many calls drive no notification out. */
export type LogName = 'standalone' | 'calls'

export interface RawEvent {
  /** Unique in its log. */
  readonly label: string
  readonly bytes: Uint8Array
}

export interface RawEventPage {
  /** Whether the event was found after which was asked; true also where the whole stream was asked for. */
  readonly found: boolean
  /** What follows it; where it was not found, all that is kept of the stream. */
  readonly events: readonly RawEvent[]
  readonly more: boolean
}

export interface RequiredEventLimits {
  readonly maxEvents: number
  readonly maxBytes: number
  readonly maxAge: number
}

export interface NoticeListener {
  /** @param to a session's key; empty: everybody */
  onNotice(to: string, bytes: Uint8Array): void
  onGap(): void
}

/**
 * Where the bytes go. All keys are plain ASCII and short. Every method is atomic, also against other processes, and
 * rejects with a StoreError or with what its driver throws.
 */
export interface BackEnd {
  readSession(key: string): Promise<RawSession | undefined>
  writeSession(
    key: string,
    record: { readonly bytes: Uint8Array; readonly version: string },
    ttl: number,
    expected: Expected,
  ): Promise<RawWriteResult>
  deleteSession(key: string): Promise<boolean>
  /** @returns the session's version; undefined where there is none */
  touchSession(key: string, ttl: number): Promise<string | undefined>

  /** @returns the session's version when noted; `full` where `limit` others are noted */
  startRequest(key: string, field: string, bytes: Uint8Array, ttl: number, limit: number): Promise<StartResult>
  finishRequest(key: string, field: string): Promise<void>
  requestsInFlight(key: string): Promise<readonly (readonly [field: string, bytes: Uint8Array])[]>

  /** @returns when it ends, or whose it is */
  acquireLease(key: string, name: string, owner: string, ttl: number): Promise<number | string>
  renewLease(key: string, name: string, owner: string, ttl: number): Promise<boolean>
  releaseLease(key: string, name: string, owner: string): Promise<boolean>
  leaseOwner(key: string, name: string): Promise<string | undefined>

  admit(group: string, member: string, ttl: number, limit: number): Promise<boolean>
  leave(group: string, member: string): Promise<void>

  appendEvent(key: string, log: LogName, stream: string, event: RawEvent, limits: RequiredEventLimits): Promise<void>
  /** @param after a label; undefined: from the first one kept */
  readEvents(key: string, log: LogName, stream: string, after: string | undefined, limit: number): Promise<RawEventPage>
  clearEvents(key: string): Promise<void>

  publish(to: string, bytes: Uint8Array): Promise<void>
  /** Resolves when everything published from now on will be heard. */
  subscribe(listener: NoticeListener): Promise<() => void>

  close(): Promise<void>
}

/** What a back end is told by the store in front of it. */
export interface BackEndContext {
  readonly warn: WarningListener
}
