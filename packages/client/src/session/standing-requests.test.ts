import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StandingRequests, standingRequestOf, type StandingRequest } from './standing-requests.js'

const level = (it: string): StandingRequest => ({ method: 'logging/setLevel', params: { level: it } })
const subscribe = (uri: string): StandingRequest => ({ method: 'resources/subscribe', params: { uri } })
const unsubscribe = (uri: string): StandingRequest => ({ method: 'resources/unsubscribe', params: { uri } })

describe('a standing request', () => {
  it('is read from a message, without what is of this one sending', () => {
    const params = { uri: 'test://a', level: 'info', _meta: { progressToken: 1 } }
    expect(standingRequestOf('logging/setLevel', params)).toEqual(level('info'))
    expect(standingRequestOf('resources/subscribe', params)).toEqual(subscribe('test://a'))
    expect(standingRequestOf('resources/unsubscribe', params)).toEqual(unsubscribe('test://a'))
  })

  it.each([
    ['resources/read', { uri: 'test://a' }],
    ['resources/subscribe', {}],
    ['resources/subscribe', { uri: 1 }],
    ['resources/subscribe', { uri: 'x'.repeat(2_049) }],
    ['logging/setLevel', { level: null }],
  ])('is none in %s %j', (method, params) => {
    expect(standingRequestOf(method, params)).toBeUndefined()
  })
})

it('keeps what the client made last, in whatever order the answers come', () => {
  const request = fc.oneof(
    fc.constantFrom('info', 'debug').map(level),
    fc.constantFrom('a', 'b', 'c').map(subscribe),
    fc.constantFrom('a', 'b', 'c').map(unsubscribe),
  )
  // So few that no ended subscription has to be forgotten.
  const history = fc.array(request, { maxLength: 20 }).chain((requests) =>
    fc.shuffledSubarray(
      requests.map((it, order) => ({ it, order })),
      { minLength: requests.length },
    ),
  )
  fc.assert(
    fc.property(history, (answers) => {
      const requests = new StandingRequests()
      for (const { it, order } of answers) requests.note(it, order)
      const made = [...answers].sort((a, b) => a.order - b.order).map(({ it }) => it)
      const uris = new Set<string>()
      let last: string | undefined
      for (const { method, params } of made) {
        if ('level' in params) last = params.level
        else if (method === 'resources/subscribe') uris.add(params.uri)
        else uris.delete(params.uri)
      }
      const expected = [...(last === undefined ? [] : [level(last)]), ...[...uris].map(subscribe)]
      const byText = (all: readonly StandingRequest[]) => all.map((it) => JSON.stringify(it)).sort()
      expect(byText(requests.live)).toEqual(byText(expected))
    }),
  )
})

it('says what counts about the subject of a request', () => {
  const requests = new StandingRequests()
  const [older, newer] = [level('info'), level('debug')]
  expect(requests.note(newer, 2)).toEqual({ counting: newer, mayBeUndone: false })
  expect(requests.note(older, 1)).toEqual({ counting: newer, mayBeUndone: true })
  expect([requests.isCurrent(newer), requests.isCurrent(older)]).toEqual([true, false])
  requests.drop(older)
  expect(requests.live).toEqual([newer])
  requests.drop(newer)
  expect(requests.live).toEqual([])
})

it('says what has to follow a request that was said again beside others of the client', () => {
  const requests = new StandingRequests()
  const [older, newer, newest] = [level('info'), level('debug'), level('error')]
  requests.note(older, 1)
  expect(requests.saidAgain(older, 4)).toBeUndefined()
  expect(requests.note(newer, 3)).toEqual({ counting: newer, mayBeUndone: true })
  expect(requests.note(newest, 5)).toEqual({ counting: newest, mayBeUndone: false })
  expect(requests.saidAgain(newer, 6)).toBe(newest)
  expect(requests.saidAgain(subscribe('test://a'), 7)).toBeUndefined()
})

it('holds 1,000 subscriptions, and the last ends of others', () => {
  const requests = new StandingRequests()
  for (let order = 1; order <= 1_200; order++) requests.note(subscribe(`test://${String(order)}`), order)
  requests.note(level('info'), 1_201)
  expect(requests.live).toHaveLength(1_001)
  for (let order = 1; order <= 200; order++) requests.note(unsubscribe(`test://${String(order)}`), 2_000 + order)
  expect(requests.live).toHaveLength(801)
  expect(requests.all.length).toBeLessThanOrEqual(801 + 32)
  requests.note(subscribe('test://new'), 3_000)
  expect(requests.live).toContainEqual(subscribe('test://new'))
})
