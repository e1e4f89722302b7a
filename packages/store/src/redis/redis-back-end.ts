import type {
  BackEnd,
  Expected,
  LogName,
  NoticeListener,
  RawEvent,
  RawEventPage,
  RawSession,
  RawWriteResult,
  RequiredEventLimits,
  StartResult,
} from '../contract/back-end.js'
import type { Argument } from './client.js'
import type { Connection } from './connection.js'
import { keysOf } from './keys.js'
import type { Notices } from './notices.js'
import * as scripts from './scripts.js'

/** Everything in Redis or Valkey, by one script for each operation. */
export class RedisBackEnd implements BackEnd {
  readonly #connection: Connection
  readonly #notices: Notices
  readonly #prefix: string

  constructor(connection: Connection, notices: Notices, prefix: string) {
    this.#connection = connection
    this.#notices = notices
    this.#prefix = prefix
  }

  async readSession(key: string): Promise<RawSession | undefined> {
    return sessionOf(await this.#run(scripts.readSession, [this.#keys(key).session]))
  }

  async writeSession(
    key: string,
    { bytes, version }: { bytes: Uint8Array; version: string },
    ttl: number,
    expected: Expected,
  ): Promise<RawWriteResult> {
    const mode = typeof expected === 'string' ? [expected] : ['version', expected.version]
    const reply = await this.#run(scripts.writeSession, this.#keys(key).all, [version, buffer(bytes), ttl, ...mode])
    return reply === 1 ? { written: true } : { written: false, current: sessionOf(reply) }
  }

  async deleteSession(key: string): Promise<boolean> {
    return (await this.#run(scripts.deleteSession, this.#keys(key).all)) === 1
  }

  async touchSession(key: string, ttl: number): Promise<string | undefined> {
    const reply = await this.#run(scripts.touchSession, this.#keys(key).all, [ttl])
    return reply === 0 ? undefined : text(reply)
  }

  async startRequest(key: string, field: string, bytes: Uint8Array, ttl: number, limit: number): Promise<StartResult> {
    const reply = await this.#run(scripts.startRequest, this.#keys(key).all, [ttl, field, buffer(bytes), limit])
    if (reply === 0) return 'no session'
    return reply === 2 ? 'full' : { version: text(reply) }
  }

  async finishRequest(key: string, field: string): Promise<void> {
    const { requests } = this.#keys(key)
    await this.#connection.run(requests, () => ['HDEL', requests, field])
  }

  async requestsInFlight(key: string): Promise<(readonly [string, Uint8Array])[]> {
    const { session, requests } = this.#keys(key)
    return pairs(await this.#run(scripts.requestsInFlight, [session, requests]))
  }

  async acquireLease(key: string, name: string, owner: string, ttl: number): Promise<number | string> {
    const reply = await this.#run(scripts.acquireLease, [this.#keys(key).lease(name)], [owner, ttl])
    return typeof reply === 'number' ? reply : text(reply)
  }

  async renewLease(key: string, name: string, owner: string, ttl: number): Promise<boolean> {
    return (await this.#run(scripts.renewLease, [this.#keys(key).lease(name)], [owner, ttl])) === 1
  }

  async releaseLease(key: string, name: string, owner: string): Promise<boolean> {
    return (await this.#run(scripts.releaseLease, [this.#keys(key).lease(name)], [owner])) === 1
  }

  async leaseOwner(key: string, name: string): Promise<string | undefined> {
    const lease = this.#keys(key).lease(name)
    const reply = await this.#connection.run(lease, () => ['GET', lease])
    return reply === null ? undefined : text(reply)
  }

  async admit(group: string, member: string, ttl: number, limit: number): Promise<boolean> {
    return (await this.#run(scripts.admit, [this.#keys(group).group], [member, ttl, limit])) === 1
  }

  async leave(group: string, member: string): Promise<void> {
    const key = this.#keys(group).group
    await this.#connection.run(key, () => ['ZREM', key, member])
  }

  async appendEvent(
    key: string,
    log: LogName,
    stream: string,
    { label, bytes }: RawEvent,
    { maxEvents, maxBytes, maxAge }: RequiredEventLimits,
  ): Promise<void> {
    const { logs, sizes, session } = this.#keys(key)
    const given = [stream, label, buffer(bytes), log, maxEvents, maxBytes, maxAge]
    await this.#run(scripts.appendEvent, [logs[log], sizes, session], given, true)
  }

  async readEvents(
    key: string,
    log: LogName,
    stream: string,
    after: string | undefined,
    limit: number,
  ): Promise<RawEventPage> {
    const reply = await this.#run(scripts.readEvents, [this.#keys(key).logs[log]], [stream, after ?? '', limit])
    const [found, flat] = reply as [number, Buffer[]]
    const events = pairs(flat).map(([label, bytes]) => ({ label, bytes }))
    return { found: found === 1, events: events.slice(0, limit), more: events.length > limit }
  }

  async clearEvents(key: string): Promise<void> {
    const { logs, sizes } = this.#keys(key)
    await this.#connection.run(sizes, () => ['DEL', logs.standalone, logs.calls, sizes])
  }

  publish(to: string, bytes: Uint8Array): Promise<void> {
    return this.#notices.publish(to, buffer(bytes))
  }

  subscribe(listener: NoticeListener): Promise<() => void> {
    return this.#notices.subscribe(listener)
  }

  async close(): Promise<void> {
    await this.#notices.close()
    this.#connection.close()
  }

  #keys(key: string) {
    return keysOf(this.#prefix, key)
  }

  /** @param tellsAgain whether the script wants to know, as its last argument, that it is sent again */
  #run(script: string, keys: string[], given: (Argument | number)[] = [], tellsAgain = false): Promise<unknown> {
    const plain = given.map((one) => (typeof one === 'number' ? String(one) : one))
    return this.#connection.run(keys[0] ?? '', (isAgain) => [
      'EVAL',
      script,
      String(keys.length),
      ...keys,
      ...plain,
      ...(tellsAgain ? [isAgain ? '1' : '0'] : []),
    ])
  }
}

function sessionOf(reply: unknown): RawSession | undefined {
  const [version, bytes, expiresAt] = reply as [Buffer?, Buffer?, number?]
  if (version === undefined || bytes === undefined || expiresAt === undefined) return undefined
  return { version: text(version), bytes, expiresAt }
}

function pairs(reply: unknown): [string, Buffer][] {
  const flat = reply as Buffer[]
  return Array.from({ length: flat.length / 2 }, (_, n) => [text(flat[2 * n]), flat[2 * n + 1] ?? Buffer.alloc(0)])
}

function text(reply: unknown): string {
  return Buffer.isBuffer(reply) ? reply.toString('utf8') : String(reply)
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
