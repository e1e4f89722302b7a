import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AnswerReader, readAnswer } from './answer-reader.js'

const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'sérvér 🎉', version: '1' } }
const message = JSON.stringify({ jsonrpc: '2.0', id: 'a', result }, null, 1)
const noise = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: {} })
const events = `: hello\n\nid: 1\ndata: \n\ndata: ${noise}\n\nevent: message\n${message.replace(/^/gm, 'data: ')}\n\n`

/** Cuts bytes at random places, so that characters and lines are cut too. */
const cuts = (text: string) => {
  const bytes = new TextEncoder().encode(text)
  return fc.array(fc.nat(bytes.length)).map((places) => {
    const sorted = [0, ...places.sort((a, b) => a - b), bytes.length]
    return sorted.slice(1).map((end, index) => bytes.slice(sorted[index], end))
  })
}

it.each([
  ['JSON', message, false],
  ['an event stream', events, true],
])('finds the result in %s however it is cut', (_name, text, eventStream) => {
  fc.assert(
    fc.property(cuts(text), (chunks) => {
      const reader = new AnswerReader(eventStream, 'a')
      for (const chunk of chunks) reader.push(chunk)
      expect(reader.end()).toEqual({ kind: 'result', result })
    }),
  )
})

const read = (body: string, contentType = 'application/json') =>
  readAnswer(new Response(body, { headers: { 'content-type': contentType } }), 'a', new AbortController().signal)

it('reads an error, also one without the id', async () => {
  const error = { code: -32600, message: 'no' }
  for (const id of ['a', null, '']) {
    expect(await read(JSON.stringify({ jsonrpc: '2.0', id, error }))).toEqual({
      kind: 'error',
      ...error,
      isOwn: id === 'a',
    })
  }
})

it('takes no answer to another request', async () => {
  expect(await read(JSON.stringify({ jsonrpc: '2.0', id: 'b', result }))).toEqual({ kind: 'none' })
})

it('takes nothing else for an answer', async () => {
  for (const body of ['', 'hello', '{}', '[]', '{"jsonrpc":"2.0","id":"a","result":1}']) {
    expect(await read(body)).toEqual({ kind: 'none' })
  }
})

it('does not wait for the end of an event stream', async () => {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode(events))
    },
  })
  const response = new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
  expect(await readAnswer(response, 'a', new AbortController().signal)).toMatchObject({ kind: 'result' })
})

it('gives up on an answer without end', () => {
  const reader = new AnswerReader(false, 'a')
  for (let index = 0; index < 6; index++) reader.push(new Uint8Array(1024 * 1024).fill(32))
  expect(reader.answer).toEqual({ kind: 'none' })
})
