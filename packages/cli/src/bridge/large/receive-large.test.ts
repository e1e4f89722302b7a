import { readdir } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ScratchDirectory, scratchDirectory } from '../../testing/scratch-directory.fixture.js'
import type { ReceiveOptions } from './large-receiver.js'
import { receiveLarge } from './receive-large.js'
import { SpoolSpace } from './spool-space.js'

let scratch: ScratchDirectory
let space: SpoolSpace
beforeEach(async () => {
  scratch = await scratchDirectory()
  space = new SpoolSpace(1_000)
})
afterEach(() => scratch.remove())

function body(...parts: (string | Uint8Array | Error)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const part = parts.shift()
      if (part instanceof Error) controller.error(part)
      else if (part === undefined) controller.close()
      else controller.enqueue(typeof part === 'string' ? new TextEncoder().encode(part) : part)
    },
  })
}

const receive = (stream: ReadableStream<Uint8Array>, options: Partial<ReceiveOptions> = {}) =>
  receiveLarge(stream, { space, directory: scratch.path, ...options })

/** Everything that was taken is free again. */
function expectNothingLeft(): void {
  expect(space.share().take(1_000)).toBe(true)
}

async function answerOf(...parts: (string | Uint8Array)[]) {
  const received = await receive(body(...parts))
  if (received.kind !== 'answer') throw new Error(JSON.stringify(received))
  return received.answer
}

describe('an answer on disk', () => {
  it('is one line, without a byte order mark, in UTF-8', async () => {
    const text = '\ufeff{\n"jsonrpc": "2.0",\r\n"id": 1, "result": "é'
    const answer = await answerOf(text, Uint8Array.of(0xff), '"\n}\n')
    expect(await answer.text()).toBe('{ "jsonrpc": "2.0",  "id": 1, "result": "é\ufffd" } ')
    expect(answer.head).toEqual({ id: 1, result: {} })
    await answer.close()
    expectNothingLeft()
  })

  it('is put on another id', async () => {
    const answer = await answerOf('{"id":"7","error" : {"code":1.0},"jsonrpc":"2.0"}')
    const pieces = []
    for await (const piece of answer.piecesWithId('7')) pieces.push(piece)
    expect(Buffer.concat(pieces).toString()).toBe('{"jsonrpc":"2.0","id":7,"error":{"code":1.0}}')
    expect(answer).toMatchObject({ isError: true, isForSomebody: true, isMessage: true, isBatch: false })
    await answer.close()
  })

  it.each([
    ['{"jsonrpc":"2.0","id":null,"error":{}}', { isError: true, isForSomebody: false, isMessage: true }],
    ['{"jsonrpc":"2.0","method":"m"}', { isError: false, isForSomebody: false, isMessage: true, head: { method: '' } }],
    ['{"jsonrpc":"2.0","id":1,"error":"text"}', { isError: false, isMessage: true }],
    ['{"id":1,"result":{}}', { isMessage: false, isBatch: false }],
    ['[{"jsonrpc":"2.0"}]', { isMessage: false, isBatch: true }],
    ['"jsonrpc"', { isMessage: false, isBatch: false }],
  ])('of which is known what it is: %s', async (text, facts) => {
    const answer = await answerOf(text)
    expect(answer).toMatchObject(facts)
    await answer.close()
  })
})

describe('what can’t be kept', () => {
  it.each([
    ['is larger than allowed', body('[', ' '.repeat(100)), { maxBytes: 50 }, /^it is larger than 0 MiB$/],
    ['finds no room', body('[', ' '.repeat(2_000)), {}, /leave no room/],
    [
      'has no place',
      body('[]'),
      { directory: '/none/at/all' },
      /\/none\/at\/all \(TMPDIR\).*no such directory \(ENOENT\)/,
    ],
  ])('%s', async (_name, stream, options, why) => {
    expect(await receive(stream, options)).toMatchObject({
      kind: 'not kept',
      why: expect.stringMatching(why) as string,
    })
    expectNothingLeft()
  })

  it('is no JSON', async () => {
    expect(await receive(body('<html>', 'more'))).toEqual({ kind: 'no JSON', beginning: '<html>' })
    expectNothingLeft()
  })

  it.each([
    ['breaks off', body('{"a":', new Error('reset')), 'reset'],
    ['ends too early', body('{"a":'), 'ended before it was whole'],
    ['ends in the midst of a character', body('{"a":"', Uint8Array.of(0xc3)), 'ended before it was whole'],
  ])('%s', async (_name, stream, message) => {
    await expect(receive(stream)).rejects.toThrow(message)
    expectNothingLeft()
    expect(await readdir(scratch.path)).toEqual([])
  })
})
