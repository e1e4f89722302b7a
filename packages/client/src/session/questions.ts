import type { JsonRpcId } from '../wire/json-rpc.js'

/** More than a server asks at once; it may not make us hold more. */
const maxOpen = 1_000

/** The server's own requests that the client has not answered yet, by the id that the client knows. */
export class Questions {
  #open: Map<JsonRpcId, number> | undefined

  get size(): number {
    return this.#open?.size ?? 0
  }

  /** The client is about to be asked. Beyond the limit the oldest is forgotten: it can't be withdrawn any more. */
  asked(outwardId: JsonRpcId, epoch: number): void {
    this.#open ??= new Map()
    this.#open.set(outwardId, epoch)
    const [oldest] = this.#open.keys()
    if (this.#open.size > maxOpen && oldest !== undefined) this.#open.delete(oldest)
  }

  /** The client has answered, or the server has withdrawn it. */
  settled(outwardId: JsonRpcId): void {
    this.#open?.delete(outwardId)
  }

  /** Those that were asked before `epoch`: nobody waits for their answers any more. They are open no longer. */
  takeDead(epoch: number): readonly JsonRpcId[] {
    const dead = [...(this.#open ?? [])].filter(([, asked]) => asked < epoch).map(([outwardId]) => outwardId)
    for (const outwardId of dead) this.#open?.delete(outwardId)
    return dead
  }
}
