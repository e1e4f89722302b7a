import { expect, it } from 'vitest'
import { clientOf, inProcessServer, json } from './in-process-server.fixture.js'
import { readAnswer } from './read-whole.js'
import { withSessionRecovery } from './with-session-recovery.js'

type Answer = 'whole' | 'too short' | 'broken'

/** Reads a body by pieces, and whether it is whole by its last byte. */
async function byPieces({ body }: Response): Promise<{ readonly pieces: string[] }> {
  const pieces: string[] = []
  for await (const piece of body ?? []) pieces.push(new TextDecoder().decode(piece))
  if (!pieces.at(-1)?.endsWith('}')) throw new Error('it ended before it was whole')
  return { pieces }
}

function bodyOf(id: unknown, answer: Answer): ReadableStream<Uint8Array> {
  const texts = [`{"jsonrpc":"2.0","id":${JSON.stringify(id)},`, '"result":{', '}}']
  return new ReadableStream({
    pull(controller) {
      const text = texts.shift()
      if (answer !== 'whole' && texts.length === 0) {
        if (answer === 'broken') controller.error(new TypeError('terminated'))
        else controller.close()
      } else if (text === undefined) controller.close()
      else controller.enqueue(new TextEncoder().encode(text))
    },
  })
}

/** A session whose requests are answered in turn as it says, with a reader of one's own. */
async function session(...answers: Answer[]) {
  const server = inProcessServer(({ message }) => {
    if (message.id === undefined || message.method === 'initialize') return undefined
    const headers = { 'content-type': 'application/json' }
    return new Response(bodyOf(message.id, answers.shift() ?? 'whole'), { headers })
  })
  const client = clientOf(withSessionRecovery()(server.fetch))
  await client.connect()
  const ask = (method: string, signal?: AbortSignal): Promise<Response> =>
    client.post({ id: 'own', method, params: {} }, {}, signal ? { signal } : {})
  const asked = (method: string): number => server.log.filter(({ message }) => message.method === method).length
  return { ask, asked }
}

const whole = ['{"jsonrpc":"2.0","id":"own",', '"result":{', '}}']

it('a reader of one’s own gets the whole answer', async () => {
  const { ask, asked } = await session()
  expect(await readAnswer(await ask('tools/call'), byPieces)).toEqual({ pieces: whole })
  expect(asked('tools/call')).toBe(1)
})

it.each<Answer>(['broken', 'too short'])(
  'a read whose answer is %s is read anew from its beginning',
  async (answer) => {
    const { ask, asked } = await session(answer, answer)
    expect(await readAnswer(await ask('resources/read'), byPieces)).toEqual({ pieces: whole })
    expect(asked('resources/read')).toBe(3)
  },
)

it.each<Answer>(['broken', 'too short'])('a call whose answer is %s is not asked for again', async (answer) => {
  const { ask, asked } = await session(answer)
  const { pieces } = await readAnswer(await ask('tools/call'), byPieces)
  expect(JSON.parse(pieces.join(''))).toMatchObject({ id: 'own', error: { code: -32011 } })
  expect(asked('tools/call')).toBe(1)
})

it('what its caller has given up is not asked for again', async () => {
  const { ask, asked } = await session('broken')
  const stop = new AbortController()
  const response = await ask('resources/read', stop.signal)
  stop.abort()
  await expect(readAnswer(response, byPieces)).rejects.toThrow('terminated')
  expect(asked('resources/read')).toBe(1)
})

it('a string is looked at as text() does', async () => {
  const { ask, asked } = await session('too short')
  expect(await readAnswer(await ask('resources/read'), (each) => new Response(each.body).text())).toBe(whole.join(''))
  expect(asked('resources/read')).toBe(2)
})

it('an answer that is nobody’s is read, and that is all', async () => {
  await expect(readAnswer(new Response(bodyOf(1, 'broken')), byPieces)).rejects.toThrow('terminated')
  expect(await readAnswer(json(200, {}), (each) => each.text())).toBe('{}')
})
