import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../base/virtual-clock.fixture.js'
import { clientOf, inProcessServer, json, lost, type Seen } from './in-process-server.fixture.js'
import { withSessionRecovery } from './with-session-recovery.js'
import type { SessionRecoveryOptions } from './options.js'

/** A client of a server whose first answer to a call is this one. */
async function answeredFirst(answer: () => Response, options: SessionRecoveryOptions) {
  let isFirst = true
  const server = inProcessServer(({ message }: Seen) => {
    if (message.method !== 'tools/call' || !isFirst) return undefined
    isFirst = false
    return answer()
  })
  const settings = { clock: new VirtualClock(), random: () => 0, announceListChanges: 'never' } as const
  const client = clientOf(withSessionRecovery({ ...settings, ...options })(server.fetch))
  await client.connect()
  return { client, server }
}

function marked(response: Response, value: string): Response {
  response.headers.set('mcp-not-dispatched', value)
  return response
}

const lostWith = (value: string) => () => marked(lost(), value)
const badGatewayWith = (value: string) => () => marked(new Response('<html>', { status: 502 }), value)

describe('Mcp-Not-Dispatched: 1', () => {
  it('on a refusal lets a call be sent again that nobody calls safe to repeat', async () => {
    const { client, server } = await answeredFirst(lostWith('1'), { replay: 'hinted' })
    expect((await client.call({ name: 'write' })).answer).toMatchObject({ result: { on: 'session-2' } })
    expect(server.lines().filter((line) => line.startsWith('tools/call'))).toEqual(['tools/call 1', 'tools/call 2'])
  })

  it('on the 502 of a gateway says that nothing broke off', async () => {
    const { client } = await answeredFirst(badGatewayWith('1'), {})
    expect((await client.call({ name: 'write' })).answer).toMatchObject({ result: { on: 'session-1' } })
  })

  it('on a failure that heals only', async () => {
    const failure = () => marked(new Response('Session service terminated', { status: 500 }), '1')
    const { client } = await answeredFirst(failure, {})
    expect((await client.call({ name: 'write' })).answer).toMatchObject({ result: { on: 'session-2' } })
  })

  it('does not change that nothing is sent again where the options say so', async () => {
    const { client } = await answeredFirst(lostWith('1'), { replay: 'never' })
    expect((await client.call({ name: 'write' })).answer).toMatchObject({ error: { data: { code: 'not_replayed' } } })
  })

  it('is no pass for a server that answers the call itself', async () => {
    const own = () => marked(json(502, { jsonrpc: '2.0', id: 'c-1', error: { code: 1, message: 'mine' } }), '1')
    const { client } = await answeredFirst(own, {})
    expect((await client.post({ id: 'c-1', method: 'tools/call' })).status).toBe(502)
  })

  it.each(['0', '', 'true'])('with another value (%j) proves nothing', async (value) => {
    const refused = await answeredFirst(lostWith(value), { replay: 'hinted' })
    expect((await refused.client.call({ name: 'write' })).answer).toMatchObject({
      error: { data: { code: 'not_replayed' } },
    })
    const broken = await answeredFirst(badGatewayWith(value), {})
    expect((await broken.client.call({ name: 'write' })).answer).toMatchObject({
      error: { data: { code: 'outcome_unknown' } },
    })
  })
})
