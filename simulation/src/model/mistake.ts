import type { WireRecord } from './history.js'

/** Notes what the server saw and must not see. */
export function mistake({ mistakes }: WireRecord, what: string): void {
  mistakes.push(what)
}
