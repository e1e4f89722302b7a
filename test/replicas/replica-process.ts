import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type Major = 'v1' | 'v2'

export interface ReplicaProcess {
  readonly name: string
  readonly port: number
  /** Lets the call of `hold` with that line come to its end. */
  release(line: string): void
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>
}

const script = fileURLToPath(new URL('replica.js', import.meta.url))

/** @param onBegun is told of each line whose call has begun there */
export async function startReplica(
  [major, name, store, file]: readonly [major: Major, name: string, store: string, file: string],
  onBegun: (line: string) => void,
): Promise<ReplicaProcess> {
  const child = spawn(process.execPath, [script, major, name, store, file], { stdio: ['pipe', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  // What is written to one that is gone has no reader.
  child.stdin.on('error', () => undefined)
  const said = createInterface({ input: child.stdout })
  const [port] = (await Promise.race([
    once(said, 'line'),
    gone.then(() => Promise.reject(new Error('A replica ended before it had a port.'))),
  ])) as [string]
  said.on('line', onBegun)
  return {
    name,
    port: Number(port),
    release: (line) => child.stdin.write(`${line}\n`),
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}
