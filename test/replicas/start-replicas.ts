import { Balancer } from './balancer.js'
import { Happenings } from './happenings.js'
import { startReplica, type Major, type ReplicaProcess } from './replica-process.js'

/** Processes behind a load balancer that sends every single request to another one. */
export interface ReplicatedServer {
  readonly url: URL
  readonly balancer: Balancer
  /** Tells what happens to requests, and that calls begin. */
  readonly happenings: Happenings
  /** Of those that run, or did until they were killed, and are not replaced yet. */
  names(): readonly string[]
  /** Lines whose calls of `hold` or `ask` have begun. */
  readonly begun: ReadonlySet<string>
  /** Lets the call of `hold` with that line come to its end. */
  release(line: string): void
  /** SIGKILL for the one of that name; the load balancer is not told. */
  kill(name: string): Promise<void>
  /** Another process in the place of one that was killed. @returns its name */
  replace(name: string): Promise<string>
  /** SIGKILL for all of them, and others in their place. */
  replaceAll(): Promise<void>
  close(): Promise<void>
}

export async function startReplicas(
  major: Major,
  count: number,
  store: string,
  file: string,
): Promise<ReplicatedServer> {
  let started = 0
  let replicas: readonly ReplicaProcess[] = []
  const happenings = new Happenings()
  const balancer = new Balancer(happenings)
  const begun = new Set<string>()

  function start(): Promise<ReplicaProcess> {
    return startReplica([major, `replica ${started++}`, store, file], (line) => {
      begun.add(line)
      happenings.tell()
    })
  }

  function use(next: readonly ReplicaProcess[]): void {
    replicas = next
    balancer.places = next
  }

  async function startAll(): Promise<void> {
    use(await Promise.all(Array.from({ length: count }, start)))
  }

  async function killAll(): Promise<void> {
    await Promise.all(replicas.map((replica) => replica.kill()))
  }

  await startAll()
  return {
    url: await balancer.listen(),
    balancer,
    happenings,
    names: () => replicas.map(({ name }) => name),
    begun,
    release(line) {
      for (const replica of replicas) replica.release(line)
    },
    async kill(name) {
      await replicas.find((replica) => replica.name === name)?.kill()
    },
    async replace(name) {
      const next = await start()
      use(replicas.map((replica) => (replica.name === name ? next : replica)))
      return next.name
    },
    async replaceAll() {
      await killAll()
      await startAll()
    },
    async close() {
      await killAll()
      await balancer.close()
    },
  }
}
