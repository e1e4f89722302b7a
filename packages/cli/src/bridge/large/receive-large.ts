import { tmpdir } from 'node:os'
import { maxLargeAnswerBytes } from '../limits.js'
import { JsonScanner } from './json-scanner.js'
import { LargeAnswer, lookedAt, maxQuotedBytes } from './large-answer.js'
import { mebibytes } from './mebibytes.js'
import { SpoolFile } from './spool-file.js'
import type { SpoolShare, SpoolSpace } from './spool-space.js'
import { Utf8Repair } from './utf8-repair.js'

/** What became of an answer that is too large to be held. */
export type ReceivedLarge =
  | { readonly kind: 'answer'; readonly answer: LargeAnswer }
  /** It came, but is no JSON. */
  | { readonly kind: 'no JSON'; readonly beginning: string }
  | NotKept

/** It could not be kept on disk. */
export interface NotKept {
  readonly kind: 'not kept'
  /** Completes "The answer could not be passed on: ". */
  readonly why: string
  /** The system's code, where the system refused it. */
  readonly cause?: string
}

export interface ReceiveOptions {
  readonly space: SpoolSpace
  /** Where the file is made. @default the system's directory for temporary files */
  readonly directory?: string
  /** Longest answer. @default 1 GiB */
  readonly maxBytes?: number
}

/**
 * Puts a body on disk as it comes, no faster than the disk takes it. Rejects with the body's error when it breaks off,
 * and when it ends before the JSON does.
 */
export async function receiveLarge(
  body: ReadableStream<Uint8Array>,
  { space, directory = tmpdir(), maxBytes = maxLargeAnswerBytes }: ReceiveOptions,
): Promise<ReceivedLarge> {
  const reader = body.getReader()
  const share = space.share()
  let file: SpoolFile | undefined
  let received: ReceivedLarge | undefined
  try {
    file = await onDisk(directory, SpoolFile.create(directory))
    received = await keep(reader, { file, share, directory, maxBytes })
    return received
  } catch (error) {
    if (error instanceof NotKeptError) return error.notKept
    throw error
  } finally {
    if (received?.kind !== 'answer') {
      // Whoever asked has waited long enough.
      void reader.cancel().catch(() => undefined)
      void file?.close()
      share.giveBack()
    }
  }
}

interface Place {
  readonly file: SpoolFile
  readonly share: SpoolShare
  readonly directory: string
  readonly maxBytes: number
}

async function keep(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { file, share, directory, maxBytes }: Place,
): Promise<ReceivedLarge> {
  const repair = new Utf8Repair()
  const scanner = new JsonScanner(lookedAt)
  for (let isJson = true; isJson;) {
    const { done, value } = await reader.read()
    const piece = done ? repair.end() : repair.push(value)
    if (file.size + piece.length > maxBytes) throw notKept(`it is larger than ${mebibytes(maxBytes)}`)
    if (!share.take(piece.length)) throw notKept('the large answers under way leave no room for it')
    isJson = scanner.push(piece)
    await onDisk(directory, file.append(piece))
    if (done) break
  }
  const outline = scanner.end()
  if (outline === 'cut off') throw new Error('it ended before it was whole')
  if (outline === 'no JSON') {
    return { kind: 'no JSON', beginning: await onDisk(directory, file.text(0, Math.min(file.size, maxQuotedBytes))) }
  }
  return { kind: 'answer', answer: await onDisk(directory, LargeAnswer.read(file, outline, share)) }
}

class NotKeptError extends Error {
  readonly notKept: NotKept

  constructor(notKept: NotKept) {
    super(notKept.why)
    this.notKept = notKept
  }
}

function notKept(why: string): NotKeptError {
  return new NotKeptError({ kind: 'not kept', why })
}

async function onDisk<T>(directory: string, action: Promise<T>): Promise<T> {
  try {
    return await action
  } catch (error) {
    const { code } = error as { code?: unknown }
    const cause = typeof code === 'string' ? code : 'unknown'
    const why = `it is too large to be held in memory, and ${directory} (TMPDIR) can't take it: ${inWords(cause)}`
    throw new NotKeptError({ kind: 'not kept', why, cause })
  }
}

function inWords(code: string): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return `there is no space left (${code})`
    case 'ENOENT':
    case 'ENOTDIR':
      return `there is no such directory (${code})`
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `this user may not write there (${code})`
    default:
      return code
  }
}
