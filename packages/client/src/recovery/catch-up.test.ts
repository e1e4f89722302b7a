import { expect, it } from 'vitest'
import { eventLog } from '../base/event-log.fixture.js'
import { VirtualClock } from '../base/virtual-clock.fixture.js'
import type { StandingRequest } from '../session/standing-requests.js'
import { transcriptOf } from '../session/transcript.js'
import { VirtualSession } from '../session/virtual-session.js'
import { CatchUp } from './catch-up.js'

const url = new URL('http://server.test/mcp')
const subscription: StandingRequest = { method: 'resources/subscribe', params: { uri: 'test://a' } }

interface Said {
  readonly id: string
  readonly method: string
  readonly params: { readonly uri: string }
}

/** A session that has accepted `subscription`, and a server whose answers are `answer`'s. */
function caughtUp(answer: (said: Said, tries: number, session: VirtualSession) => Response | undefined) {
  const session = new VirtualSession({
    endpoint: url,
    virtualId: 'v',
    upstreamId: 'u',
    transcript: transcriptOf({}, {}),
    now: 0,
  })
  session.standingRequests.note(subscription, session.calls.nextOrder())
  const said: Said[] = []
  const done: (() => void)[] = []
  const log = eventLog()
  const clock = new VirtualClock()
  const catchUp = new CatchUp({ clock, emit: log.onEvent, random: () => 1, newRequestId: () => String(said.length) })
  const send = (_url: URL, init: RequestInit): Promise<Response> => {
    const message = JSON.parse(init.body as string) as Said
    said.push(message)
    const response = answer(message, said.length, session)
    const result = Response.json({ jsonrpc: '2.0', id: message.id, result: {} })
    if (!response) for (const tell of done) tell()
    return Promise.resolve(response ?? result)
  }
  const add = (requests: readonly StandingRequest[]) => {
    catchUp.add(session, { url, send, init: {} }, requests)
  }
  return { session, said, log, clock, add, accepted: () => new Promise<void>((resolve) => done.push(resolve)) }
}

const unavailable = () => new Response(null, { status: 503 })

it('tries again while the server is away', async () => {
  const { add, accepted, said, log, clock } = caughtUp((_said, tries) => (tries < 3 ? unavailable() : undefined))
  const done = accepted()
  add([subscription])
  await done
  expect(said).toHaveLength(3)
  expect(log.events).toEqual([])
  expect(clock.now()).toBe(200 + 400)
})

it('gives up after 24 tries, and says so', async () => {
  const { add, said, log } = caughtUp(unavailable)
  add([subscription])
  expect(await log.next('restore-failed')).toMatchObject({ uri: 'test://a', reason: 'HTTP 503', epoch: 1 })
  expect(said).toHaveLength(24)
})

it('waits for another token when it is challenged, as long as the session lives', async () => {
  const { add, accepted, said, log, session, clock } = caughtUp((_said, tries) =>
    tries < 3 ? new Response(null, { status: 401 }) : undefined,
  )
  const done = accepted()
  add([subscription])
  for (const token of ['one', 'two']) {
    await new Promise((resolve) => setImmediate(resolve))
    session.newestHeaders.remember({ authorization: token }, url)
  }
  await done
  await new Promise((resolve) => setImmediate(resolve))
  expect(said).toHaveLength(3)
  expect(log.events).toEqual([])
  expect(clock.pending).toBe(0)
})

it.each([
  [
    'a later recovery has said it',
    (session: VirtualSession) => {
      session.renew('u2', undefined)
    },
  ],
  [
    'the client has ended the session',
    (session: VirtualSession) => {
      session.closing = true
    },
  ],
  [
    'the client wants something else',
    ({ standingRequests, calls }: VirtualSession) => {
      standingRequests.note({ ...subscription, method: 'resources/unsubscribe' }, calls.nextOrder())
    },
  ],
])('says nothing more when %s', async (_what, happen) => {
  const { add, said, log, clock } = caughtUp((_said, _tries, session) => {
    happen(session)
    return unavailable()
  })
  add([subscription])
  // Turns of the event loop, in which all that the virtual clock has in store happens.
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
  expect(clock.pending).toBe(0)
  expect(said).toHaveLength(1)
  expect(log.events).toEqual([])
})

it('says one after the other', async () => {
  const { add, accepted, said, session } = caughtUp((_said, tries) => (tries < 3 ? unavailable() : undefined))
  const other: StandingRequest = { method: 'resources/subscribe', params: { uri: 'test://b' } }
  session.standingRequests.note(other, session.calls.nextOrder())
  const first = accepted()
  add([subscription, other])
  await first
  const second = accepted()
  await second
  expect(said.map(({ params }) => params.uri)).toEqual(['test://a', 'test://a', 'test://a', 'test://b'])
})

it('says what the client has said meanwhile, when it may have undone that', async () => {
  const end: StandingRequest = { ...subscription, method: 'resources/unsubscribe' }
  const { add, accepted, said } = caughtUp((_said, tries, { standingRequests, calls }) => {
    if (tries === 1) standingRequests.note(end, calls.nextOrder())
    return tries === 1 ? new Response(null, { status: 502 }) : undefined
  })
  const done = accepted()
  add([subscription])
  await done
  expect(said.map(({ method }) => method)).toEqual(['resources/subscribe', 'resources/unsubscribe'])
})

it('asks no more for what the server refuses', async () => {
  const { add, log, session } = caughtUp(({ id }) =>
    Response.json({ jsonrpc: '2.0', id, error: { code: -32002, message: 'Resource not found' } }),
  )
  add([subscription])
  expect(await log.next('restore-failed')).toMatchObject({ reason: '-32002: Resource not found' })
  expect(session.standingRequests.live).toEqual([])
})
