import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const built = new URL('../../dist/lmdb.js', import.meta.url).href

/** What runs in each process: writes without end, and says each thing that the store has confirmed. */
const script = `
  const { lmdbStore } = await import(${JSON.stringify(built)})
  const [directory, name] = process.argv.slice(1)
  const store = lmdbStore(directory)
  const minutes = 600_000
  await store.sessions.compareAndSet('counter', undefined, { count: 0 }, minutes)
  for (let n = 0; ; n++) {
    await store.sessions.put(name, { n, text: 'x'.repeat(n % 3000) }, minutes)
    console.log('put ' + n)
    console.log('event ' + n + ' ' + await store.events(name).storeEvent('stream', { n }))
    await store.sessions.startRequest(name, { requestId: n, owner: name }, minutes)
    for (;;) {
      const { data, version } = await store.sessions.get('counter')
      const result = await store.sessions.compareAndSet('counter', version, { count: data.count + 1 }, minutes)
      if (result.written) break
    }
    console.log('counted ' + n)
    await store.sessions.finishRequest(name, n, name)
    const lease = await store.sessions.acquireLease('counter', 'turn', name, minutes)
    if (lease.held && !await store.sessions.releaseLease('counter', 'turn', name)) throw new Error('not my lease')
  }
`

export interface WritingProcess {
  readonly name: string
  /** The newest number that was confirmed, by what was done; -1: none. */
  readonly confirmed: { put: number; event: number; counted: number }
  readonly eventIds: readonly string[]
  /** Resolves when this much more was counted; rejects when the process ends before. */
  progress(more: number): Promise<void>
  /** SIGKILL, and waits until it is gone and all that it had said was read. */
  kill(): Promise<void>
}

export function startWriting(directory: string, name: string): WritingProcess {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script, directory, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const confirmed = { put: -1, event: -1, counted: -1 }
  const eventIds: string[] = []
  const waiting = new Set<{ until: number; resolve: () => void; reject: (error: Error) => void }>()
  const gone = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve()
    }),
  )
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    const [what, n, eventId] = line.split(' ')
    confirmed[what as keyof typeof confirmed] = Number(n)
    if (eventId !== undefined) eventIds.push(eventId)
    for (const waiter of waiting) {
      if (confirmed.counted < waiter.until) continue
      waiting.delete(waiter)
      waiter.resolve()
    }
  })
  void gone.then(() => {
    for (const { reject } of waiting) reject(new Error(`${name} ended`))
  })
  return {
    name,
    confirmed,
    eventIds,
    progress: (more) =>
      new Promise((resolve, reject) => waiting.add({ until: confirmed.counted + more, resolve, reject })),
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}
