/**
 * What lies under a key. Whatever ends by itself begins with 8 bytes that say when (ms since the Unix epoch), so that a
 * sweep needs to know nothing else of it.
 */
export interface SessionValue {
  readonly expiresAt: number
  readonly version: string
  readonly bytes: Buffer
}

export interface EventValue {
  readonly storedAt: number
  readonly stream: string
  readonly label: string
  readonly bytes: Uint8Array
}

export interface NoticeValue {
  readonly storedAt: number
  readonly to: string
  readonly bytes: Buffer
}

/** What is in a log: where the next event goes, and how much is kept. */
export interface LogState {
  next: number
  count: number
  bytes: number
}

export interface LogsValue {
  readonly expiresAt: number
  readonly standalone: LogState
  readonly calls: LogState
}

export function timeOf(value: Buffer): number {
  return value.length < 8 ? 0 : value.readDoubleBE(0)
}

export function timed(time: number, ...parts: (Uint8Array | string)[]): Buffer {
  const head = Buffer.alloc(8)
  head.writeDoubleBE(time)
  return Buffer.concat([head, ...parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))])
}

export function sessionValue(expiresAt: number, version: string, bytes: Uint8Array): Buffer {
  return timed(expiresAt, short(version), bytes)
}

/** @returns undefined for what nobody of ours wrote */
export function readSessionValue(value: Buffer): SessionValue | undefined {
  const [version, bytes] = readShort(value, 8)
  return version === undefined ? undefined : { expiresAt: timeOf(value), version, bytes }
}

export function eventValue({ storedAt, stream, label, bytes }: EventValue): Buffer {
  return timed(storedAt, short(stream), short(label), bytes)
}

export function readEventValue(value: Buffer): EventValue & { bytes: Buffer } {
  const [stream = '', rest] = readShort(value, 8)
  const [label = '', bytes] = readShort(rest, 0)
  return { storedAt: timeOf(value), stream, label, bytes }
}

export function noticeValue(storedAt: number, to: string, bytes: Uint8Array): Buffer {
  return timed(storedAt, short(to), bytes)
}

export function readNoticeValue(value: Buffer): NoticeValue {
  const [to = '', bytes] = readShort(value, 8)
  return { storedAt: timeOf(value), to, bytes }
}

export function logsValue({ expiresAt, standalone, calls }: LogsValue): Buffer {
  const numbers = [standalone, calls].flatMap(({ next, count, bytes }) => [next, count, bytes])
  const tail = Buffer.alloc(numbers.length * 8)
  numbers.forEach((number, index) => tail.writeDoubleBE(number, index * 8))
  return timed(expiresAt, tail)
}

export function readLogsValue(value: Buffer | undefined): LogsValue {
  const number = (index: number) => (value === undefined || value.length < 56 ? 0 : value.readDoubleBE(8 + index * 8))
  const state = (first: number): LogState => ({
    next: number(first),
    count: number(first + 1),
    bytes: number(first + 2),
  })
  return { expiresAt: value === undefined ? 0 : timeOf(value), standalone: state(0), calls: state(3) }
}

function short(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}

function readShort(value: Buffer, start: number): [text: string | undefined, rest: Buffer] {
  const length = value[start]
  const end = start + 1 + (length ?? 0)
  if (length === undefined || end > value.length) return [undefined, Buffer.alloc(0)]
  return [value.toString('latin1', start + 1, end), value.subarray(end)]
}
