import { closeSync, openSync, writeSync } from 'node:fs'
import type { Evidence } from '../judge/history.js'

export interface EvidenceFile {
  /** Is in the file when it returns, whatever becomes of this process. */
  write(what: Evidence['what'], details?: Pick<Evidence, 'key' | 'proof' | 'answer'>): void
  close(): void
}

/** What a server process writes down outside of its memory: lines at the end of a file that many processes write to. */
export function openEvidence(path: string, instance: string): EvidenceFile {
  // O_APPEND, and one write for each line: no line is ever mixed with another one.
  const file = openSync(path, 'a')
  return {
    write(what, details = {}) {
      writeSync(file, `${JSON.stringify({ at: Date.now(), instance, what, ...details } satisfies Evidence)}\n`)
    },
    close() {
      closeSync(file)
    },
  }
}
