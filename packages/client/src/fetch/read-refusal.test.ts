import { expect, it, vi } from 'vitest'
import { systemClock, type Clock } from '../base/clock.js'
import type { DialectOptions } from '../recovery/dialects.js'
import { AnsweredMethods } from '../session/answered-methods.js'
import { callOf } from './call.js'
import type { Engine } from './engine.js'
import { readRefusal } from './read-refusal.js'

const post = (headers: Record<string, string> = {}) =>
  callOf('http://host/mcp', {
    method: 'POST',
    headers,
    body: '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{}}',
  })

const engine = (dialects: DialectOptions = {}) => ({ clock: systemClock, dialects }) as Engine

const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
  new Response(body, {
    status,
    headers: { 'content-type': 'application/json', 'content-length': String(body.length), ...headers },
  })

const lostInOk = '{"error":"Session not found"}'
const eventInOk = `event: message\ndata: ${lostInOk}\n\n`
const result = '{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"\\"error\\": Session not found"}]}}'

it.each([
  ['JSON', answer(200, lostInOk)],
  ['a whole event stream', answer(200, eventInOk, { 'content-type': 'text/event-stream; charset=utf-8' })],
])('finds a loss inside a 200: %s', async (_what, response) => {
  const { verdict } = await readRefusal(engine(), post(), response, true)
  expect(verdict).toEqual({ conclusion: 'lost', rule: 'error-text-in-ok', replay: 'replay' })
})

const off: DialectOptions = {
  sessionErrorInOk: false,
  invalidRequestInOk: false,
  errorTextInOk: false,
  initializeFirstInOk: false,
}

it.each([
  ['without a length', new Response(lostInOk, { headers: { 'content-type': 'application/json' } }), {}],
  ['too long', answer(200, lostInOk + ' '.repeat(1024)), {}],
  ['compressed', answer(200, lostInOk, { 'content-encoding': 'gzip' }), {}],
  ['of a session that the server knows', answer(200, lostInOk, { 'mcp-session-id': 'x' }), {}],
  ['of another type', answer(200, lostInOk, { 'content-type': 'text/plain' }), {}],
  ['when these dialects are off', answer(200, lostInOk), off],
  ['with another status', answer(201, lostInOk), {}],
])('leaves a 200 alone: %s', async (_what, response, dialects) => {
  const reading = await readRefusal(engine(dialects), post(), response, true)
  expect(reading.response).toBe(response)
  expect(reading.verdict).toEqual({ conclusion: 'not-lost', rule: undefined })
})

it('gives a small answer on, whole, and parses no result', async () => {
  const call = post()
  const message = vi.spyOn(call, 'message')
  const small = '{"jsonrpc":"2.0","id":7,"result":{"content":[]}}'
  const reading = await readRefusal(engine(), call, answer(200, small, { 'x-other': '1' }), true)
  expect(reading.verdict.conclusion).toBe('not-lost')
  expect(reading.response.headers.get('x-other')).toBe('1')
  expect(await reading.response.text()).toBe(small)
  expect(message).not.toHaveBeenCalled()
})

it('searches no result', async () => {
  const { response, verdict } = await readRefusal(engine(), post(), answer(200, result), true)
  expect(verdict.conclusion).toBe('not-lost')
  expect(await response.text()).toBe(result)
})

it('waits for a refusal for a while only, and leaves the rest to its reader', async () => {
  let comes!: () => void
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"detail"'))
      comes = () => {
        controller.enqueue(new TextEncoder().encode(':"no"}'))
        controller.close()
      }
    },
  })
  const timeIsUp: Clock = {
    ...systemClock,
    schedule: (callback) => systemClock.schedule(callback, 1),
  }
  const response = new Response(body, { status: 400 })
  const reading = await readRefusal({ ...engine(), clock: timeIsUp }, post(), response, true)
  expect(reading.verdict.conclusion).toBe('not-lost')
  comes()
  expect(await reading.response.text()).toBe('{"detail":"no"}')
})

it('lets a body that breaks off break off for its reader', async () => {
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new TypeError('terminated'))
    },
  })
  const broken = new Response(body, { headers: { 'content-type': 'application/json', 'content-length': '30' } })
  const { response } = await readRefusal(engine(), post(), broken, true)
  await expect(response.text()).rejects.toThrow('terminated')
})

it('tells a loss that proves nothing about the request apart', async () => {
  const response = new Response('Session error: Session service terminated', { status: 500 })
  const reading = await readRefusal(engine(), post(), response, true)
  expect(reading.verdict).toMatchObject({ conclusion: 'lost', replay: 'heal-only' })
  expect(await reading.response.text()).toContain('terminated')
})

it('looks at the challenge, at the token that was sent, and at what succeeded before', async () => {
  const sentence = 'Unauthorized: No valid session ID provided'
  const challenged = () => answer(401, '', { 'www-authenticate': `Bearer error_description="${sentence}"` })
  const withToken = await readRefusal(engine(), post({ authorization: 'Bearer t' }), challenged(), true)
  const without = await readRefusal(engine(), post(), challenged(), true)
  expect([withToken.verdict.rule, without.verdict.rule]).toEqual(['no-valid-session-401', 'sign-in-required'])

  const invalid = () => answer(200, '{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}')
  const ruleAfter = async (method: string): Promise<string | undefined> => {
    const answered = new AnsweredMethods()
    answered.note(JSON.stringify({ method }))
    return (await readRefusal(engine(), post(), invalid(), true, answered)).verdict.rule
  }
  expect((await readRefusal(engine(), post(), invalid(), true)).verdict.rule).toBeUndefined()
  expect(await ruleAfter('tools/list')).toBeUndefined()
  expect(await ruleAfter('tools/call')).toBe('invalid-request-in-ok')
})
