import fc from 'fast-check'
import { dialectNames } from './dialects.js'
import type { Features } from './features.js'
import type {
  CallPlan,
  ClientPlan,
  EngineOptions,
  HandshakeFault,
  Incident,
  NetworkFault,
  Schedule,
  ServerTraits,
} from './schedule.js'

type Weighted<T> = readonly [weight: number, arbitrary: fc.Arbitrary<T>]

function weighted<T>(...choices: readonly Weighted<T>[]): fc.Arbitrary<T> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })))
}

const chance = (of: number) => weighted<boolean>([of - 1, fc.constant(false)], [1, fc.constant(true)])

const dialect = weighted([2, fc.constant('specification' as const)], [3, fc.constantFrom(...dialectNames)])

/** Moments that coincide often enough. */
const moment = weighted([3, fc.nat(60)], [3, fc.nat(3_000)], [2, fc.nat(20_000)])
const duration = weighted([2, fc.nat(40)], [2, fc.nat(2_000)], [1, fc.nat(12_000)])

const options: fc.Arbitrary<EngineOptions> = fc.record({
  replay: weighted<EngineOptions['replay']>(
    [6, fc.constant('on-rejection')],
    [1, fc.constant('hinted')],
    [1, fc.constant('never')],
  ),
  recoveryTimeout: weighted([3, fc.constant(10_000)], [1, fc.integer({ min: 100, max: 30_000 })]),
  outageBudget: weighted([3, fc.constant(15_000)], [1, fc.integer({ min: 0, max: 30_000 })]),
  authorizationTimeout: weighted([3, fc.constant(10_000)], [1, fc.integer({ min: 10, max: 30_000 })]),
})

const server: fc.Arbitrary<ServerTraits> = fc.record({
  ids: weighted<ServerTraits['ids']>([3, fc.constant('random')], [1, fc.constant('counted')]),
  refusal: dialect,
  leaksIds: chance(4),
  echoesIds: weighted([1, fc.constant(false)], [2, fc.constant(true)]),
  eventIds: fc.boolean(),
  standalone: weighted<ServerTraits['standalone']>(
    [3, fc.constant('offered')],
    [1, fc.constant('none-405')],
    [1, fc.constant('none-404')],
  ),
  latencyMs: fc.integer({ min: 1, max: 20 }),
})

const client: fc.Arbitrary<ClientPlan> = fc.record({
  joinsAt: weighted([5, fc.constant(0)], [1, fc.integer({ min: 1, max: 8_000 })]),
  lists: weighted([4, fc.constant(true)], [1, fc.constant(false)]),
  listens: weighted([2, fc.constant(false)], [1, fc.constant(true)]),
  signInMs: fc.nat(300),
})

const fault: fc.Arbitrary<NetworkFault> = weighted<NetworkFault>(
  [4, fc.constant({ kind: 'none' })],
  [1, fc.constant({ kind: 'refused' })],
  [2, fc.record({ kind: fc.constant('reset' as const), executed: fc.boolean() })],
  [1, fc.record({ kind: fc.constant('gateway' as const), status: fc.constantFrom(502, 504), executed: fc.boolean() })],
  [
    2,
    fc.record({
      kind: fc.constant('busy' as const),
      status: fc.constantFrom(503, 429),
      retryAfterS: fc.option(fc.nat(8), { nil: undefined }),
    }),
  ],
  [2, fc.record({ kind: fc.constant('cut' as const), at: fc.nat(200), how: fc.constantFrom('reset', 'end') })],
  [1, fc.constant({ kind: 'silent' })],
  [1, fc.constant({ kind: 'header-stripped' })],
  [1, fc.record({ kind: fc.constant('false-404' as const), executed: fc.boolean() })],
  [1, fc.record({ kind: fc.constant('own-error' as const), status: fc.constantFrom(200, 400, 404, 500, 503) })],
)

const noFaults = fc.constant<readonly NetworkFault[]>([])
const noLatencies = fc.constant<readonly number[]>([])

function callOf({ callStreams, questions }: Features): fc.Arbitrary<CallPlan> {
  return fc.record({
    client: fc.nat(2),
    at: moment,
    kind: weighted<CallPlan['kind']>(
      [6, fc.constantFrom('unhinted', 'read-only', 'idempotent')],
      [3, fc.constantFrom('list', 'ping', 'setLevel', 'subscribe', 'unsubscribe', 'notification')],
    ),
    workMs: duration,
    streamed: callStreams ? fc.boolean() : chance(4),
    notes: weighted([2, fc.constant(0)], [1, fc.nat(4)]),
    asks: questions ? weighted([3, fc.constant(undefined)], [1, fc.nat(4_000)]) : fc.constant(undefined),
    latencies: weighted([3, noLatencies], [1, fc.array(duration, { minLength: 1, maxLength: 3 })]),
    network: weighted([4, noFaults], [1, fc.array(fault, { minLength: 1, maxLength: 4 })]),
    ends: weighted<CallPlan['ends']>(
      [7, fc.constant(undefined)],
      [1, fc.record({ how: fc.constantFrom('cancel', 'abort'), afterMs: duration })],
    ),
    value: fc.nat(7),
  })
}

const incident: fc.Arbitrary<Incident> = weighted<Incident>(
  [
    4,
    fc.record({
      kind: fc.constant('lose' as const),
      at: moment,
      client: weighted<number | 'all'>([3, fc.constant('all')], [1, fc.nat(2)]),
      streams: fc.constantFrom('end', 'reset'),
    }),
  ],
  [
    3,
    fc.record({
      kind: fc.constant('redeploy' as const),
      at: moment,
      refusedMs: duration,
      gatewayMs: duration,
      gatewayStatus: fc.constantFrom(502, 503, 504),
      retryAfterS: weighted<number | undefined>([2, fc.constant(undefined)], [1, fc.nat(10)]),
      stateless: chance(6),
      refusal: dialect,
      stillborn: weighted([5, fc.constant(0)], [1, fc.nat(4)]),
    }),
  ],
  [
    1,
    fc.record({
      kind: fc.constant('outage' as const),
      at: moment,
      ms: duration,
      how: fc.constantFrom('refused' as const, 502 as const, 503 as const),
    }),
  ],
  [
    2,
    fc.record({
      kind: fc.constant('expire-token' as const),
      at: moment,
      client: weighted<number | 'all'>([3, fc.constant('all')], [1, fc.nat(2)]),
    }),
  ],
  [1, fc.record({ kind: fc.constant('notify' as const), at: moment, client: fc.nat(2) })],
  [1, fc.record({ kind: fc.constant('end-streams' as const), at: moment, how: fc.constantFrom('end', 'reset') })],
)

const handshake = weighted<HandshakeFault>(
  [6, fc.constant('none')],
  [1, fc.constantFrom('refused', 'reset', 'bad-gateway', 'busy', 'busy-with-retry-after', 'not-found')],
  [1, fc.constantFrom('challenge', 'silent', 'slow', 'cut', 'error-with-id')],
  [1, fc.constantFrom('other-version', 'unknown-version', 'initialized-refused', 'initialized-reset')],
  [1, fc.constant('dies-before-initialized')],
)

const anyLength = { size: 'max' } as const

/** Schedules of what a simulation can play, for the parts that are on. */
export function schedules(features: Features): fc.Arbitrary<Schedule> {
  const call = callOf(features)
  return fc.record({
    options,
    server,
    clients: weighted<readonly ClientPlan[]>(
      [4, fc.tuple(client)],
      [2, fc.tuple(client, client)],
      [1, fc.tuple(client, client, client)],
    ),
    calls: weighted(
      [12, fc.array(call, { ...anyLength, minLength: 1, maxLength: 8 })],
      [4, fc.array(call, { ...anyLength, minLength: 4, maxLength: 16 })],
      [1, fc.array(call, { ...anyLength, minLength: 20, maxLength: 50 })],
    ),
    incidents: fc.array(incident, { ...anyLength, minLength: 0, maxLength: 5 }),
    handshakes: weighted<readonly HandshakeFault[]>(
      [1, fc.constant([])],
      [1, fc.array(handshake, { minLength: 1, maxLength: 6 })],
    ),
    seed: fc.nat(),
  })
}
