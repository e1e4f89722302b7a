import type { Clock } from '@mcp-tether/client'
import type { Incident } from '../schedule/schedule.js'
import type { CallWork } from './call-work.js'
import type { Network } from './network.js'
import type { ModelServer } from './server.js'

/** Lets the incidents of a schedule happen in their time. */
export class Incidents {
  /** Those that are not over. */
  pending = 0
  readonly #server: ModelServer
  readonly #network: Network
  readonly #work: CallWork
  readonly #clock: Clock
  readonly #clients: number

  constructor(server: ModelServer, network: Network, work: CallWork, clock: Clock, clients: number) {
    this.#server = server
    this.#network = network
    this.#work = work
    this.#clock = clock
    this.#clients = clients
  }

  schedule(incidents: readonly Incident[]): void {
    for (const incident of incidents) {
      this.#after(incident.at, () => {
        this.#happen(incident)
      })
    }
  }

  /** A notification on the standalone stream of a client. Returns false when there is none. */
  notify(client: number): boolean {
    const session = this.#server.currentSession(client)
    const stream = session?.standalone
    if (!session || !stream) return false
    session.emit(stream, this.#work.newNote())
    return stream.body?.isOpen ?? false
  }

  #happen(incident: Incident): void {
    const { kind } = incident
    switch (kind) {
      case 'lose':
        for (const session of this.#server.sessionsOf(this.#indexOf(incident.client))) {
          this.#server.forget(session, incident.streams)
        }
        return
      case 'redeploy':
        this.#redeploy(incident)
        return
      case 'outage':
        this.#network.availability =
          incident.how === 'refused'
            ? { kind: 'refused' }
            : { kind: 'gateway', status: incident.how, retryAfterS: undefined }
        this.#after(incident.ms, () => {
          this.#network.availability = { kind: 'up' }
        })
        return
      case 'expire-token':
        for (let client = 0; client < this.#clients; client++) {
          if (incident.client === 'all' || this.#indexOf(incident.client) === client) this.#expireToken(client)
        }
        return
      case 'notify':
        this.notify(incident.client % this.#clients)
        return
      case 'end-streams':
        for (const { standalone } of this.#server.sessionsOf('all')) {
          if (incident.how === 'end') standalone?.body?.end()
          else standalone?.body?.break()
        }
    }
  }

  #redeploy(incident: Extract<Incident, { kind: 'redeploy' }>): void {
    const { refusedMs, gatewayMs, gatewayStatus: status, retryAfterS } = incident
    this.#network.availability = { kind: 'refused' }
    this.#server.restart(incident.stateless)
    this.#server.refusal = incident.refusal
    this.#server.stillborn = incident.stillborn
    this.#network.breakAll()
    this.#after(refusedMs, () => {
      this.#network.availability = { kind: 'gateway', status, retryAfterS }
      this.#after(gatewayMs, () => {
        this.#network.availability = { kind: 'up' }
      })
    })
  }

  #expireToken(client: number): void {
    this.#server.tokens.set(client, (this.#network.newestTokens.get(client) ?? 0) + 1)
  }

  #indexOf(client: number | 'all'): number | 'all' {
    return client === 'all' ? client : client % this.#clients
  }

  #after(ms: number, happen: () => void): void {
    this.pending++
    this.#clock.schedule(() => {
      this.pending--
      happen()
    }, ms)
  }
}
