import type { Writable } from 'node:stream'

/** A host that doesn't read stderr must not make us hold it all: beyond this, lines are dropped. */
const maxBufferedBytes = 1024 * 1024

/** Writes lines to a stream as long as somebody reads it. */
export function writeBounded(output: Writable): (line: string) => void {
  // A closed stderr is no reason to stop.
  output.on('error', () => undefined)
  return (line) => {
    if (output.writableLength <= maxBufferedBytes) output.write(line)
  }
}
