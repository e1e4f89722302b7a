import { tmpdir } from 'node:os'
import { JsonScanner, wantedMembers } from '@mcp-tether/client/internal'
import { maxLargeAnswerBytes } from '../limits.js'
import { LargeAnswer, lookedAt, maxQuotedBytes } from './large-answer.js'
import { mebibytes } from './mebibytes.js'
import { SpoolFile } from './spool-file.js'
import type { SpoolShare, SpoolSpace } from './spool-space.js'
import { Utf8Repair } from './utf8-repair.js'

/** What became of a message that is too large to be held. */
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
  /** Longest message. @default 1 GiB */
  readonly maxBytes?: number
}

const wanted = wantedMembers(Object.fromEntries(lookedAt.map((name) => [name, {}])))

const [lineFeed, carriageReturn, space] = [0x0a, 0x0d, 0x20]

/**
 * Puts a message on disk as its pieces come, in UTF-8 and on one line. It must be ended or given up. What can't be kept
 * is not an error: it is known at the end, and what comes after takes no room.
 */
export class LargeReceiver {
  readonly #directory: string
  readonly #maxBytes: number
  readonly #share: SpoolShare
  readonly #repair: Utf8Repair
  readonly #scanner = new JsonScanner(wanted)
  #file: SpoolFile | undefined
  #notKept: NotKept | undefined

  /** @param isBeginning false where a byte order mark in front would be a character like any other */
  constructor({ space, directory = tmpdir(), maxBytes = maxLargeAnswerBytes }: ReceiveOptions, isBeginning: boolean) {
    this.#directory = directory
    this.#maxBytes = maxBytes
    this.#share = space.share()
    this.#repair = new Utf8Repair(isBeginning)
  }

  /** Nothing that may follow changes what becomes of it. */
  get isDecided(): boolean {
    return this.#notKept !== undefined || this.#scanner.isInvalid
  }

  /** Takes the next piece, whose line breaks become spaces. Done when the disk has taken it. */
  async push(piece: Uint8Array): Promise<void> {
    if (!this.isDecided) await this.#keep(this.#repair.push(piece))
  }

  /** To be called after the last piece. */
  async end(): Promise<ReceivedLarge | 'cut off'> {
    if (!this.isDecided) await this.#keep(this.#repair.end())
    const received = this.#notKept ?? (await this.#received())
    if (received === 'cut off' || received.kind !== 'answer') await this.giveUp()
    return received
  }

  /** Removes what was kept. Never rejects. */
  async giveUp(): Promise<void> {
    this.#share.giveBack()
    await this.#file?.close()
  }

  async #received(): Promise<ReceivedLarge | 'cut off'> {
    const file = this.#file
    const outline = this.#scanner.end()
    if (outline === 'cut off' || !file) return 'cut off'
    if (outline !== 'no JSON') return { kind: 'answer', answer: new LargeAnswer(file, outline, this.#share) }
    const beginning = await this.#onDisk(() => file.text(0, Math.min(file.size, maxQuotedBytes)))
    return this.#notKept ?? { kind: 'no JSON', beginning: beginning ?? '' }
  }

  async #keep(piece: Buffer): Promise<void> {
    const file = (this.#file ??= await this.#onDisk(() => SpoolFile.create(this.#directory)))
    if (!file) return
    if (file.size + piece.length > this.#maxBytes) {
      this.#notKept = { kind: 'not kept', why: `it is larger than ${mebibytes(this.#maxBytes)}` }
    } else if (!this.#share.take(piece.length)) {
      this.#notKept = { kind: 'not kept', why: 'the large answers under way leave no room for it' }
    } else {
      this.#scan(piece)
      await this.#onDisk(() => file.append(piece))
    }
  }

  /** Line breaks between tokens are white space; others make it no JSON. */
  #scan(piece: Buffer): void {
    for (let at = 0; at < piece.length && !this.#scanner.isInvalid; at++) {
      at = this.#scanner.push(piece, at)
      if (piece[at] !== lineFeed && piece[at] !== carriageReturn) continue
      this.#scanner.lineBreak()
      piece[at] = space
    }
  }

  async #onDisk<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action()
    } catch (error) {
      const { code } = error as { code?: unknown }
      const cause = typeof code === 'string' ? code : 'unknown'
      const why = `it is too large to be held in memory, and ${this.#directory} (TMPDIR) can't take it: ${inWords(cause)}`
      this.#notKept = { kind: 'not kept', why, cause }
      return undefined
    }
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
