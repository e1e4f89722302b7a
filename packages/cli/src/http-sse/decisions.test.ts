import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEndpoint } from './endpoint.js'
import { mayBeHttpSse } from './fallback.js'
import { type Destination, routeOf } from './route.js'

describe('the fallback', () => {
  it('is tried after 400, 404 and 405, and after nothing else', () => {
    const statuses = Array.from({ length: 500 }, (_, index) => 100 + index)
    expect(statuses.filter(mayBeHttpSse)).toEqual([400, 404, 405])
  })
})

describe('the endpoint', () => {
  const stream = new URL('https://example.com/a/sse?key=1')

  it.each([
    ['/message?sessionId=1', 'https://example.com/message?sessionId=1'],
    ['message', 'https://example.com/a/message'],
    ['?sessionId=2', 'https://example.com/a/sse?sessionId=2'],
    [' https://example.com:443/m#part ', 'https://example.com/m'],
  ])('%s is %s', (data, expected) => {
    expect(String(readEndpoint(data, stream))).toBe(expected)
  })

  it.each([
    ['https://evil.example/message', 'https://evil.example, another origin than https://example.com'],
    ['//evil.example/message', 'another origin'],
    ['http://example.com/message', 'another origin'],
    ['https://example.com:8443/message', 'another origin'],
    ['data:text/plain,x', 'a data: address, another origin'],
    ['https://me:geheim@example.com/message', 'with a password'],
    ['', 'which is no address'],
    ['https://[', 'which is no address'],
  ])('%s is refused: %s', (data, expected) => {
    const refusal = readEndpoint(data, stream)
    expect(refusal).toContain(expected)
    expect(refusal).not.toContain('geheim')
  })

  it('that is taken is of the origin of the stream, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl()), (data) => {
        const endpoint = readEndpoint(data, stream)
        return typeof endpoint === 'string' || endpoint.origin === stream.origin
      }),
    )
  })
})

interface Named extends Destination {
  readonly name: string
}

const open = (name: string, id: string, token?: string): Named => ({
  name,
  awaits: (key) => key === id,
  hasProgressToken: (given) => given === token,
})
const first = open('first', '1')
const second = open('second', '"2"', '"t"')

describe('a message of the server', () => {
  const rpc = (members: object): object => ({ jsonrpc: '2.0', ...members })
  const answer = (id: unknown): object => rpc({ id, result: {} })
  const question = rpc({ id: 0, method: 'roots/list' })
  const news = rpc({ method: 'notifications/tools/list_changed' })
  const progress = (progressToken: string): object =>
    rpc({ method: 'notifications/progress', params: { progressToken } })

  it.each<[string, unknown, Named[], boolean, string]>([
    ['an answer: to who asked', answer('2'), [first, second], true, 'second'],
    ['an answer with the id in another form: to who asked', answer(2), [first, second], true, 'second'],
    ['an answer that nobody waits for', answer(9), [first, second], true, 'nobody'],
    ['progress: to whom it was promised', progress('t'), [first, second], true, 'second'],
    ['progress that was promised to nobody', progress('u'), [first, second], true, 'standalone'],
    ['a question while one call is open: with that call', question, [first], true, 'first'],
    ['a question while two are open', question, [first, second], true, 'standalone'],
    ['a question while none is', question, [], true, 'standalone'],
    ['news', news, [first], true, 'standalone'],
    ['news where no standalone stream is open: with the oldest call', news, [first, second], false, 'first'],
    ['news that nobody can take', news, [], false, 'later'],
    ['an error for nobody in particular', rpc({ id: null, error: {} }), [first, second], true, 'standalone'],
    ['a batch: to whom an answer in it belongs', [news, answer(1)], [first, second], true, 'first'],
    ['a batch of news', [news, news], [first, second], true, 'standalone'],
    ['a batch that nobody can take', [news, answer(9)], [], false, 'later'],
    ['no message', { hello: 1 }, [first], true, 'nobody'],
    ['no object', 'hello', [first], true, 'nobody'],
    ['an empty batch', [], [first], true, 'nobody'],
  ])('%s', (_name, message, exchanges, hasStandalone, expected) => {
    const route = routeOf(message, exchanges, hasStandalone)
    expect(route.to === 'exchange' ? route.exchange.name : route.to).toBe(expected)
  })
})
