import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Finding } from './finding.js'

const child = fileURLToPath(new URL('idle-sessions.js', import.meta.url))
const run = promisify(execFile)

const maxIdleKiB = 4
const maxStreamingKiB = 16

/** Heap that the middleware holds for each idle session, in a process of its own. */
export async function measureHeap(tell: (line: string) => void): Promise<Finding[]> {
  const added = async (streams: 'none' | 'standalone'): Promise<number> => {
    tell(`heap of idle sessions, streams: ${streams}`)
    return ((await heapOf('recovering', streams)) - (await heapOf('bare', streams))) / 1024
  }
  return [
    { what: 'heap of an idle session', measured: await added('none'), unit: 'KiB', target: maxIdleKiB },
    { what: 'heap, standalone stream open', measured: await added('standalone'), unit: 'KiB', target: maxStreamingKiB },
  ]
}

/** Bytes for each session. */
async function heapOf(how: 'bare' | 'recovering', streams: 'none' | 'standalone'): Promise<number> {
  const { stdout } = await run(process.execPath, ['--expose-gc', child, how, streams])
  const bytes = Number(stdout)
  if (!Number.isFinite(bytes)) throw new Error(`The child process did not say how much heap it holds: ${stdout}`)
  return bytes
}
