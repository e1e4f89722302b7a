import { describe, expect, it } from 'vitest'
import type { Clock } from '../base/clock.js'
import { NewestHeaders } from './newest-headers.js'

const url = new URL('https://h/mcp')

const initialize = new Headers({ 'x-tenant': 'a', 'content-type': 'application/json', 'idempotency-key': '0' })

const refreshed = (newest: NewestHeaders, headers: HeadersInit, to = url) => {
  const target = new Headers(headers)
  newest.refresh(target, to, initialize)
  return Object.fromEntries(target)
}

describe('NewestHeaders', () => {
  it('brings Authorization and the headers that both have up to date', () => {
    const newest = new NewestHeaders()
    newest.remember({ authorization: 'Bearer new', 'x-tenant': 'b', 'x-other': '1', 'content-type': 'text/plain' }, url)
    expect(
      refreshed(newest, { authorization: 'Bearer old', 'x-tenant': 'a', 'content-type': 'application/json' }),
    ).toEqual({
      authorization: 'Bearer new',
      'x-tenant': 'b',
      'content-type': 'application/json',
    })
    expect(refreshed(newest, {})).toEqual({ authorization: 'Bearer new' })
  })

  it('takes nothing over that belongs to another request', () => {
    const newest = new NewestHeaders()
    newest.remember({ 'idempotency-key': '2', 'x-request-id': 'r2', 'x-per-call': '2' }, url)
    const own = { 'idempotency-key': '1', 'x-request-id': 'r1', 'x-per-call': '1' }
    expect(refreshed(newest, own)).toEqual(own)
  })

  it('takes a token away that the client no longer sends', () => {
    const newest = new NewestHeaders()
    newest.remember({ 'x-tenant': 'b' }, url)
    expect(refreshed(newest, { authorization: 'Bearer old' })).toEqual({})
  })

  it('carries nothing to another origin', () => {
    const newest = new NewestHeaders()
    newest.remember({ authorization: 'Bearer secret' }, url)
    expect(refreshed(newest, {}, new URL('http://h/mcp'))).toEqual({})
  })

  it('wakes whoever waits for another token, when it comes or when time is up', async () => {
    const timers: (() => void)[] = []
    const clock: Clock = {
      now: () => 0,
      schedule: (callback) => {
        timers.push(callback)
        return () => undefined
      },
    }
    const newest = new NewestHeaders()
    newest.remember({ authorization: 'Bearer 1' }, url)
    const change = newest.authorizationChanges
    const woken: string[] = []
    const first = newest.authorizationChanged(change, clock, 1).then(() => woken.push('first'))
    newest.remember({ authorization: 'Bearer 1' }, url)
    await Promise.resolve()
    expect(woken).toEqual([])
    newest.remember({ authorization: 'Bearer 2' }, url)
    await first
    await newest.authorizationChanged(change, clock, 1)
    const late = newest.authorizationChanged(newest.authorizationChanges, clock, 1)
    timers.at(-1)?.()
    await late
    expect(woken).toEqual(['first'])
  })
})
