import { expect, it } from 'vitest'
import { VirtualClock } from '../base/virtual-clock.fixture.js'
import { transcriptOf } from '../session/transcript.js'
import { VirtualSession } from '../session/virtual-session.js'
import { afterChallenge } from './after-challenge.js'
import { callOf } from './call.js'
import type { Seam } from './engine.js'
import { clientOf, endpoint, gate, inProcessServer, type Seen } from './in-process-server.fixture.js'
import type { SessionRecoveryOptions } from './options.js'
import { SignInTraffic } from './sign-in-traffic.js'
import { withSessionRecovery } from './with-session-recovery.js'

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const challenge = () => new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer' } })
const tokenOf = ({ headers }: Seen) => headers.get('authorization')?.replace('Bearer ', '')

async function stage(intercept: Parameters<typeof inProcessServer>[0], options: SessionRecoveryOptions = {}) {
  const clock = new VirtualClock()
  const server = inProcessServer(intercept)
  const recovering = withSessionRecovery({ clock, random: () => 1, ...options })
  const fetch = recovering(server.fetch)
  const client = clientOf(fetch)
  await client.connect(bearer('old'))
  return { clock, server, fetch, client, recovering }
}

const isRenewal = ({ message }: Seen) => message.method === 'initialize' && message.id !== 'init'

/** Refuses every `tools/call` without the token `new`. */
const wantsNew = (seen: Seen) =>
  seen.message.method === 'tools/call' && tokenOf(seen) !== 'new' ? challenge() : undefined

it('lets one of many refused calls sign in, and sends the others again with the new token', async () => {
  const { clock, server, fetch, client } = await stage(wantsNew)
  const signedIn = gate()
  const calls = [1, 2, 3, 4, 5].map(async () => {
    const first = await client.call({}, bearer('old'))
    if (first.status !== 401) return { challenged: false, ...first }
    await fetch(new URL('/.well-known/oauth-authorization-server', endpoint))
    await signedIn.opened
    return { challenged: true, ...(await client.call({}, bearer('new'))) }
  })
  // Somebody at an authorization server thinks for ten seconds; the traffic has shown that it is being done.
  clock.schedule(() => {
    signedIn.open(undefined)
  }, 10_000)
  const answers = await Promise.all(calls)
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  expect(answers.filter(({ challenged }) => challenged)).toHaveLength(1)
  const sent = server.log.filter(({ message }) => message.method === 'tools/call').map(tokenOf)
  expect(sent.filter((token) => token === 'new')).toHaveLength(5)
  expect(clock.pending).toBe(0)
})

it('lets a call wait that is refused while the client is signing in', async () => {
  const token = gate<Response>()
  const { fetch, client } = await stage((seen) => (seen.url.endsWith('/token') ? token.opened : wantsNew(seen)))
  expect((await client.call({}, bearer('old'))).status).toBe(401)
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'once' })
  const refreshing = fetch(new URL('/token', endpoint), { method: 'POST', body })
  const late = client.call({}, bearer('old'))
  token.open(new Response('{}'))
  await refreshing
  expect((await client.call({}, bearer('new'))).status).toBe(200)
  expect((await late).status).toBe(200)
})

it('gives every call of a client that does not sign in its own refusal, soon', async () => {
  const { clock, client } = await stage(wantsNew)
  const before = clock.now()
  const together = await Promise.all([1, 2, 3].map(() => client.call({}, bearer('old')).then(({ status }) => status)))
  expect(together).toEqual([401, 401, 401])
  expect(clock.now() - before).toBeLessThanOrEqual(1_000)
  const then = clock.now()
  expect((await client.call({}, bearer('old'))).status).toBe(401)
  expect(clock.now()).toBe(then)
})

it('ends the waiting of the others when the client says that its sign-in has failed', async () => {
  const { clock, server, client, recovering } = await stage((seen) => (isRenewal(seen) ? challenge() : undefined))
  server.forget()
  const before = clock.now()
  const statuses = await Promise.all(
    [1, 2, 3].map(async () => {
      const { status, answer } = await client.call({}, bearer('old'))
      if (status === 401) recovering.signInFailed()
      else expect(answer).toMatchObject({ error: { data: { code: 'recovery_failed' } } })
      return status
    }),
  )
  expect(statuses.sort()).toEqual([200, 200, 401])
  expect(clock.now() - before).toBeLessThan(1_000)
  expect(clock.pending).toBe(0)
})

it('takes back a call that its client no longer wants while another signs in', async () => {
  const { client, server } = await stage(wantsNew)
  const refused = client.post({ id: 'a', method: 'tools/call' }, bearer('old'))
  const beside = client.post({ id: 'b', method: 'tools/call' }, bearer('old'))
  expect((await refused).status).toBe(401)
  await client.post({ method: 'notifications/cancelled', params: { requestId: 'b' } }, bearer('old'))
  expect((await beside).status).toBe(202)
  expect(server.log.filter(({ message }) => message.id === 'b')).toHaveLength(1)
})

it('leaves the challenge of a call that its client no longer wants to one beside it', async () => {
  const [first, second] = [gate(), gate()]
  const { clock, client } = await stage(async (seen) => {
    if (seen.message.method === 'tools/call') await (seen.message.id === 'a' ? first : second).opened
    return wantsNew(seen)
  })
  const unwanted = client.post({ id: 'a', method: 'tools/call' }, bearer('old'))
  const beside = client.post({ id: 'b', method: 'tools/call' }, bearer('old'))
  await client.post({ method: 'notifications/cancelled', params: { requestId: 'a' } }, bearer('old'))
  first.open(undefined)
  expect((await unwanted).status).toBe(202)
  const before = clock.now()
  second.open(undefined)
  expect((await beside).status).toBe(401)
  expect(clock.now()).toBe(before)
})

it('never sends a signed call a second time', async () => {
  const { client, server } = await stage(wantsNew)
  const proof = { authorization: 'DPoP old', dpop: 'proof' }
  const statuses = await Promise.all([1, 2].map(() => client.call({}, proof).then(({ status }) => status)))
  expect(statuses).toEqual([401, 401])
  expect(server.lines().filter((line) => line.startsWith('tools/call'))).toHaveLength(2)
})

it('does not hand out a second challenge to a call whose loss is told while the client signs in', async () => {
  const lateLoss = gate()
  const { server, client } = await stage(async (seen) => {
    const { params } = seen.message
    if (isRenewal(seen) && tokenOf(seen) !== 'new') return challenge()
    if (params?.late === true && tokenOf(seen) === 'old') await lateLoss.opened
    return undefined
  })
  server.forget()
  const late = client.call({ late: true }, bearer('old'))
  expect((await client.call({}, bearer('old'))).status).toBe(401)
  lateLoss.open(undefined)
  // One turn of the event loop: what the late call does about its loss has been done by then.
  await new Promise((resolve) => setImmediate(resolve))
  expect(server.lines().filter((line) => line === 'initialize')).toHaveLength(3)
  expect((await client.call({}, bearer('new'))).status).toBe(200)
  expect((await late).answer).toMatchObject({ result: { on: 'session-2' } })
})

it('lets a call wait for two sign-ins of others, and no more', async () => {
  const clock = new VirtualClock()
  const seam = { clock, authorizationTimeoutMs: 30_000, signInTraffic: new SignInTraffic(clock) } as unknown as Seam
  const url = new URL(endpoint)
  const transcript = transcriptOf({}, bearer('token-0'))
  const session = new VirtualSession({ endpoint: url, virtualId: 'v', upstreamId: 'v', transcript, now: 0 })
  const call = callOf(url, { method: 'POST', body: '{}' })
  const waiting = session.calls.add(call.message)
  const ends: string[] = []
  for (const token of ['token-1', 'token-2', 'token-3']) {
    const { authorizationChanges: change } = session.newestHeaders
    session.signIn.begin(change, session.calls, clock.now())
    const end = afterChallenge(seam, session, call, waiting, { change, isPatient: true })
    session.newestHeaders.remember(bearer(token), url)
    ends.push(await end)
  }
  expect(ends).toEqual(['signed-in', 'signed-in', 'not-signed-in'])
  expect(clock.now()).toBe(0)
})

it('gives up on a server that refuses every token that is brought', async () => {
  let tokens = 0
  const { server, client, clock } = await stage((seen) => (isRenewal(seen) ? challenge() : undefined))
  server.forget()
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const first = await client.call({}, bearer('old'))
      // As both SDKs do: sign in once for each request, and send it again.
      return first.status === 401 ? client.call({}, bearer(`token-${String(++tokens)}`)) : first
    }),
  )
  const refused = answers.filter(({ status }) => status === 401)
  const failed = answers.filter(({ answer }) => JSON.stringify(answer ?? '').includes('sign in again'))
  expect(failed.length).toBeGreaterThan(0)
  expect(refused.length + failed.length).toBe(8)
  for (const { answer } of failed)
    expect(answer).toMatchObject({ error: { code: -32010, data: { step: 'initialize' } } })
  expect(server.lines().filter((line) => line === 'initialize').length).toBeLessThanOrEqual(2 + 2 * tokens)
  expect(clock.pending).toBe(0)
})
