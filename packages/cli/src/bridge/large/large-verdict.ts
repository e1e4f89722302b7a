import { maxExaminedAnswerBytes } from '../limits.js'
import { mebibytes } from './mebibytes.js'
import type { NotKept } from './large-receiver.js'

/** What is known of an answer on disk. */
export interface LargeFacts {
  /** In bytes. */
  readonly size: number
  readonly isBatch: boolean
  /** A JSON-RPC message, and not several. */
  readonly isMessage: boolean
  /** A JSON-RPC error, whatever its id. */
  readonly isError: boolean
  /** It bears an id. */
  readonly isForSomebody: boolean
}

/** What to do with it; `look into`: read it into memory, and treat it as any other. */
export type LargeVerdict = { readonly kind: 'pass on' | 'look into' | 'no message' } | NotKept

/** Batches are taken apart, and errors may be for nobody or be given advice: neither can be done on disk. */
export function largeVerdict({ size, isBatch, isMessage, isError, isForSomebody }: LargeFacts): LargeVerdict {
  const isSmallEnough = size <= maxExaminedAnswerBytes
  if (isBatch) return isSmallEnough ? { kind: 'look into' } : tooLarge('a batch', size)
  if (!isMessage) return { kind: 'no message' }
  if (!isError) return { kind: 'pass on' }
  if (isSmallEnough) return { kind: 'look into' }
  return isForSomebody ? { kind: 'pass on' } : tooLarge('an error without an id', size)
}

function tooLarge(what: string, size: number): NotKept {
  const most = mebibytes(maxExaminedAnswerBytes)
  return { kind: 'not kept', why: `it is ${what} of ${mebibytes(size)}, of which the bridge holds ${most} at most` }
}
