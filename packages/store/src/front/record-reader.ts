import type { WarningListener } from '../contract/warning.js'
import type { Sealer } from '../record/seal.js'

/** Reads and writes records; what can't be read is a warning and nothing else. */
export interface RecordReader {
  seal(context: string, value: unknown): Buffer
  /** @param key of the session, for the warning. @returns undefined for what can't be read */
  open(context: string, key: string, bytes: Uint8Array): unknown
  /** Warns of a record that reads well and is not what it should be. */
  refuse(key: string, problem: string): void
}

export function createRecordReader(sealer: Sealer, warn: WarningListener): RecordReader {
  return {
    seal: (context, value) => sealer.seal(context, value),
    open(context, key, bytes) {
      const opened = sealer.open(context, bytes)
      if ('value' in opened) return opened.value
      warn({ code: opened.problem, message: `A record ${opened.message} (${named(key)}). It counts as missing.` })
      return undefined
    },
    refuse(key, problem) {
      warn({ code: 'record_foreign', message: `A record ${problem} (${named(key)}). It counts as missing.` })
    },
  }
}

/** Enough of a key, which is a hash, to find the record by. */
function named(key: string): string {
  return key === '' ? 'of the bus' : `key ${key.slice(0, 8)}…`
}
