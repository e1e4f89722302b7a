import { expect, it } from 'vitest'
import type { JsonObject, JsonRpcId } from './json-rpc.js'
import { observeAnswers } from './observe-answer.js'

const answer = (id: JsonRpcId, result: unknown = { of: id }) => ({ jsonrpc: '2.0', id, result })

/** What was told about the answers to `ids`, and that no byte of the body was changed. */
async function observed(body: string, contentType: string, ids: readonly JsonRpcId[]): Promise<JsonObject[]> {
  const told: JsonObject[] = []
  const lessons = new Map(ids.map((id) => [id, (result: JsonObject) => void told.push(result)]))
  const response = observeAnswers(new Response(body, { headers: { 'content-type': contentType } }), lessons)
  expect(await response.text()).toBe(body)
  return told
}

it('tells the results of a batch, whole or in events', async () => {
  const batch = [answer(1), answer('1'), answer(2, null), { jsonrpc: '2.0', id: 3, error: {} }, null]
  expect(await observed(JSON.stringify(batch), 'application/json', [1, '1', 2, 3])).toEqual([{ of: 1 }, { of: '1' }])
  const events = [answer(1), [answer('1')], answer(1)].map((it) => `data: ${JSON.stringify(it)}\n\n`).join('')
  expect(await observed(events, 'text/event-stream', [1, '1'])).toEqual([{ of: 1 }, { of: '1' }])
})

it('tells nothing of an answer that broke off', async () => {
  const half = JSON.stringify(answer(1)).slice(0, -1)
  expect(await observed(half, 'application/json', [1])).toEqual([])
  expect(await observed(`data: ${JSON.stringify(answer(1))}\n`, 'text/event-stream', [1])).toEqual([])
})
