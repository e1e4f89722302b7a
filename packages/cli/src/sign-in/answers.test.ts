import { describe, expect, it } from 'vitest'
import { challengeIn } from './challenge.js'
import { refusalAnswer, requestIds } from './refusal-answer.js'
import { SignInError } from './sign-in-error.js'

describe('what an answer asks for', () => {
  const header = (value: string) => ({ headers: { 'www-authenticate': value } })

  it.each([
    [new Response(null, { status: 401 }), 'unauthorized'],
    [new Response(null, { status: 401, ...header('Basic realm="x"') }), 'unauthorized'],
    [new Response(null, { status: 403 }), undefined],
    [
      new Response(null, { status: 403, ...header('Bearer error="insufficient_scope", scope="a"') }),
      'insufficient-scope',
    ],
    [
      new Response(null, { status: 403, ...header('Bearer scope="a", error = insufficient_scope') }),
      'insufficient-scope',
    ],
    [new Response(null, { status: 403, ...header('Bearer error="invalid_token"') }), undefined],
    [new Response(null, { status: 403, ...header('Bearer error_description="insufficient_scope"') }), undefined],
    [new Response(null, { status: 404 }), undefined],
    [new Response('{}', { status: 200, ...header('Bearer error="insufficient_scope"') }), undefined],
  ])('%#', (response, expected) => {
    expect(challengeIn(response)).toBe(expected)
  })
})

describe('the answer to a request that could not be made', () => {
  const server = new URL('https://user@example.com:8443/mcp?key=geheim')
  const error = new SignInError('denied', 'It was refused. Call again.')

  it('is an error on its id, as it was written', async () => {
    const body = '{"jsonrpc":"2.0","id":12345678901234567890,"method":"tools/call"}'
    const answer = refusalAnswer(body, error, server)
    expect([answer?.status, answer?.headers.get('content-type')]).toEqual([200, 'application/json'])
    const text = (await answer?.text()) ?? ''
    expect(text).toContain('"id":12345678901234567890,')
    expect(text).not.toContain('geheim')
    expect(JSON.parse(text)).toMatchObject({
      jsonrpc: '2.0',
      error: {
        ...{ code: -32013, message: 'Not signed in to example.com:8443. It was refused. Call again.' },
        data: { code: 'sign_in_failed', reason: 'denied', server: 'example.com:8443' },
      },
    })
  })

  it('is one for each request of a batch', async () => {
    const body = '[{"id":1,"method":"a"},{"method":"n"},{"id":"b","method":"c"},{"id":3,"result":{}}]'
    expect(requestIds(body)).toEqual(['1', '"b"'])
    const answers = JSON.parse((await refusalAnswer(body, error, server)?.text()) ?? '') as { id: unknown }[]
    expect(answers.map(({ id }) => id)).toEqual([1, 'b'])
  })

  it.each(['{"method":"n"}', '{"id":1,"result":{}}', 'nonsense', '7', '[]', undefined])('is none to %s', (body) => {
    expect(refusalAnswer(body, error, server)).toBeUndefined()
  })
})
