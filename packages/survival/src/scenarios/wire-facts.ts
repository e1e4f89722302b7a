import type { Exchange } from '../fault-server/exchange.js'
import { initializes } from '../fault-server/match.js'
import type { Match } from '../fault-server/match.js'
import type { Stage } from '../runner/stage.js'

/** How many exchanges match. */
export function count(wire: readonly Exchange[], matches: Match): number {
  return wire.filter(matches).length
}

/** Exactly `times` exchanges must match. */
export function expectCount(stage: Stage, what: string, matches: Match, times: number): void {
  stage.expectWire(`${what}: exactly ${String(times)}`, (wire) => count(wire, matches) === times)
}

/** Sessions made and tried to be made: one for each client, one more for each recovery. Redirects do not count. */
export function expectInitializes(stage: Stage, times: number): void {
  expectCount(stage, 'initialize', (exchange) => initializes(exchange) && !exchange.path.startsWith('/moved-'), times)
}

/** Belongs to the n-th life of the server (1 until the first restart). */
export function inLife(life: number): Match {
  return (exchange) => exchange.life === life
}

/** Was answered with this status. */
export function answered(status: number): Match {
  return (exchange) => exchange.status === status && exchange.answeredSeq !== undefined
}
