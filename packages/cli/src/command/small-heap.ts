import { setFlagsFromString } from 'node:v8'

/**
 * Keeps the heap small: people run ten bridges at once, each of which has little to keep. V8 reads all of these whenever
 * it collects. By itself it lets the young generation grow to 48 MiB before it looks into the old one, which may double
 * then; after 3,000 calls a bridge held 90 MiB, so it holds 72, and no more after 30,000. A young generation that small
 * is collected often and in a millisecond: waking other threads for it takes longer, on a busy machine many times so.
 */
export const heapFlags = [
  '--semi-space-growth-factor=1',
  '--heap-growing-percent=20',
  '--no-parallel-scavenge',
] as const

export function keepHeapSmall(): void {
  for (const flag of heapFlags) setFlagsFromString(flag)
}
