import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type StartupVerdict, startupVerdict } from './startup-verdict.js'

const json = (value: unknown): string => JSON.stringify(value)

describe('a request that failed', () => {
  it.each<[string | undefined, StartupVerdict]>([
    ['ECONNREFUSED', 'wait'],
    ['ENOTFOUND', 'wait'],
    ['EAI_AGAIN', 'wait'],
    ['ETIMEDOUT', 'wait'],
    ['UND_ERR_CONNECT_TIMEOUT', 'wait'],
    ['EHOSTUNREACH', 'wait'],
    ['ECONNRESET', 'wait'],
    ['UND_ERR_SOCKET', 'wait'],
    ['CERT_HAS_EXPIRED', 'take'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'take'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'take'],
    ['EPROTO', 'take'],
    ['HPE_INVALID_CONSTANT', 'take'],
    ['UND_ERR_REDIRECT', 'take'],
    [undefined, 'take'],
  ])('with %s: %s', (code, verdict) => {
    expect(startupVerdict({ kind: 'failed', code, isLasting: false })).toBe(verdict)
  })
})

it('a proxy that will not connect is not waited for, one that could not is', () => {
  expect(startupVerdict({ kind: 'failed', code: 'ERR_PROXY_CONNECT', isLasting: true })).toBe('take')
  expect(startupVerdict({ kind: 'failed', code: 'ERR_PROXY_CONNECT', isLasting: false })).toBe('wait')
})

describe('an answer', () => {
  it.each<[number, string, StartupVerdict]>([
    [502, '<html>Bad Gateway</html>', 'wait'],
    [503, '', 'wait'],
    [504, 'upstream request timeout', 'wait'],
    [429, json({ error: 'slow down' }), 'wait'],
    [425, '', 'wait'],
    [521, '<html>Web server is down</html>', 'wait'],
    // Somebody else's id: a gateway's, before the server saw anything.
    [503, json({ jsonrpc: '2.0', id: null, error: { code: -32000, message: 'starting' } }), 'wait'],
    [503, json({ jsonrpc: '2.0', id: 7, error: { code: -32000, message: 'no' } }), 'take'],
    [429, `event: message\ndata: ${json({ jsonrpc: '2.0', id: 7, error: { code: -1, message: '' } })}\n\n`, 'take'],
    [400, '', 'take'],
    [401, '', 'take'],
    [403, '<html></html>', 'take'],
    [405, '', 'take'],
    [410, '', 'take'],
    [500, '', 'take'],
    [501, '', 'take'],
    [307, '', 'take'],
  ])('%i %s: %s', (status, body, verdict) => {
    expect(startupVerdict({ kind: 'answered', status, body, id: 7 })).toBe(verdict)
  })

  it.each<[string, string, StartupVerdict]>([
    ['a page', '<html><head><title>404 Not Found</title></head><center>nginx</center></html>', 'wait-a-little'],
    ['Traefik', '404 page not found\n', 'wait-a-little'],
    ['Envoy', '', 'wait-a-little'],
    ['Railway', json({ status: 'error', code: 404, message: 'Application not found' }), 'wait-a-little'],
    ['ingress-nginx', 'default backend - 404', 'wait-a-little'],
    ['Vercel', 'The deployment could not be found.\n\nDEPLOYMENT_NOT_FOUND\n', 'wait-a-little'],
    ['Express', '<!DOCTYPE html><html><body><pre>Cannot POST /mpc</pre></body></html>', 'take'],
    ['Fastify', json({ message: 'Route POST:/mpc not found', error: 'Not Found', statusCode: 404 }), 'take'],
    ['FastAPI', json({ detail: 'Not Found' }), 'take'],
    ['Starlette', 'Not Found', 'take'],
    ['Hono', '404 Not Found', 'take'],
    ['an MCP server', json({ jsonrpc: '2.0', id: null, error: { code: -32001, message: 'no' } }), 'take'],
  ])('404 of %s: %s → %s', (_who, body, verdict) => {
    expect(startupVerdict({ kind: 'answered', status: 404, body, id: 7 })).toBe(verdict)
  })

  it('to this very request is never waited out, whatever its status', () => {
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 599 }), fc.oneof(fc.string(), fc.integer()), (status, id) => {
        const body = json({ jsonrpc: '2.0', id, error: { code: -32000, message: 'application not found' } })
        return startupVerdict({ kind: 'answered', status, body, id }) === 'take'
      }),
    )
  })
})
