import { describe, expect, it } from 'vitest'
import { lost } from './in-process-server.fixture.js'
import { endingStream, event, eventsOf, result, streaming } from './streaming-server.fixture.js'

const encoder = new TextEncoder()
const piece = encoder.encode('x'.repeat(64 * 1024))
const pieces = 1_000

const before = '{"result":{"content":[{"type":"text","text":"'
const after = '"}]},"jsonrpc":"2.0","id":7}'

/** A large answer to request 7, made piece by piece as it is asked for, whole or broken off within its event. */
function largeAnswer(ending: 'whole' | 'broken off' = 'whole') {
  let made = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        made++
        if (made === 1) controller.enqueue(encoder.encode(`id: 5\ndata: ${before}`))
        else if (made <= pieces + 1) controller.enqueue(piece)
        else if (ending === 'broken off') controller.error(new TypeError('terminated'))
        else {
          controller.enqueue(encoder.encode(`${after}\n\n`))
          controller.close()
        }
      },
    },
    { highWaterMark: 0 },
  )
  return {
    response: new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    /** How many pieces were asked for. */
    get made() {
      return made
    },
  }
}

describe.each([1, 2])('a large event in epoch %i', (epoch) => {
  const connected = async (answer: () => Response) => {
    let isLost = epoch > 1
    const its = await streaming(({ method }) => {
      if (method === 'GET') return new Response(null, { status: 405 })
      if (!isLost) return answer()
      isLost = false
      return lost()
    })
    return its
  }

  it('comes no faster than its reader takes it, and no later', async () => {
    const large = largeAnswer()
    const { call } = await connected(() => large.response)
    const reader = (await call('write')).body?.getReader()
    let taken = 0
    for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
      taken += read.value.byteLength
      // As much as it takes to see that nothing in it has to be changed.
      expect(large.made * piece.byteLength - taken).toBeLessThan(3 * piece.byteLength)
    }
    expect(taken).toBeGreaterThan(pieces * piece.byteLength)
  })

  it('is whole, and has the id that the client may know', async () => {
    const { call } = await connected(() => largeAnswer().response)
    const [only, ...others] = await eventsOf(await call('write'))
    expect(others).toEqual([])
    expect(only?.id).toMatch(epoch === 1 ? /^5$/ : /^mcp-tether-.*\.2\.5$/)
    expect(only?.data).toHaveLength(before.length + pieces * piece.byteLength + after.length)
    expect([only?.data.startsWith(before), only?.data.endsWith(after)]).toEqual([true, true])
  })

  it('that breaks off is made harmless, and its call is not run a second time', async () => {
    const { call, server } = await connected(() => largeAnswer('broken off').response)
    const events = await eventsOf(await call('write'))
    const messages = events.filter((each) => each.event === undefined).map(({ data }) => JSON.parse(data) as unknown)
    expect(messages).toMatchObject([{ id: 7, error: { code: -32011 } }])
    expect(server.lines().filter((line) => line.startsWith('tools/call'))).toHaveLength(epoch)
  })

  it('that breaks off is asked for anew when that is safe', async () => {
    let calls = 0
    const { call } = await connected(() =>
      calls++ === 0 ? largeAnswer('broken off').response : endingStream(event(result(7))),
    )
    const events = await eventsOf(await call('read'))
    const messages = events.filter((each) => each.event === undefined).map(({ data }) => JSON.parse(data) as unknown)
    expect(messages).toMatchObject([result(7)])
  })
})

it('a large answer that the client has had already is made harmless when it comes a second time', async () => {
  const { client } = await streaming(({ method }) => {
    if (method === 'POST') return endingStream(event(result(7), '1'))
    const again = largeAnswer().response
    const twice = new ReadableStream<Uint8Array>({
      start: async (controller) => {
        for await (const chunk of again.body ?? []) controller.enqueue(chunk)
        controller.enqueue(encoder.encode(event(result(8), '6')))
        controller.close()
      },
    })
    return new Response(twice, { headers: { 'content-type': 'text/event-stream' } })
  })
  const batch = [7, 8].map((id) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'write' } }))
  const events = await eventsOf(await client.post([], {}, { body: JSON.stringify(batch) }))
  expect(events.map((each) => [each.id, each.event])).toEqual([
    ['1', undefined],
    ['', 'mcp-tether-broken-off'],
    ['6', undefined],
  ])
})
