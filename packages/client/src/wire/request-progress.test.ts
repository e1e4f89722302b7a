import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { isLasting, progressOf } from './request-progress.js'

const failed = (cause?: unknown) => new TypeError('fetch failed', { cause })
const coded = (code: string, message = code) => Object.assign(new Error(message), { code })

describe('progressOf', () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH'])(
    '%s: not started',
    (code) => {
      expect(progressOf(failed(coded(code)))).toBe('not-started')
    },
  )

  it.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'ETIMEDOUT'])('%s: unknown', (code) => {
    expect(progressOf(failed(coded(code)))).toBe('unknown')
  })

  it('is not started when a TLS handshake was cut short', () => {
    const message = 'Client network socket disconnected before secure TLS connection was established'
    expect(progressOf(failed(coded('ECONNRESET', message)))).toBe('not-started')
  })

  it('needs every address of a host to have failed before the first byte', () => {
    const both = (...codes: string[]) => failed(new AggregateError(codes.map((code) => coded(code))))
    expect(progressOf(both('ECONNREFUSED', 'ENETUNREACH'))).toBe('not-started')
    expect(progressOf(both('ECONNREFUSED', 'ECONNRESET'))).toBe('unknown')
    expect(progressOf(both())).toBe('unknown')
  })

  it('believes a fetch that says so itself', () => {
    expect(progressOf(failed(Object.assign(coded('ECONNRESET'), { sent: false })))).toBe('not-started')
    expect(progressOf(failed(Object.assign(coded('ECONNREFUSED'), { sent: true })))).toBe('unknown')
  })

  it('is unknown where the platform does not say what failed', () => {
    for (const error of [failed(), new TypeError('Failed to fetch'), 'a string', undefined]) {
      expect(progressOf(error)).toBe('unknown')
    }
  })

  it('reads what the platform’s own fetch really throws', async () => {
    const resetting = createServer((socket) => {
      socket.once('data', () => socket.resetAndDestroy())
    }).listen(0, '127.0.0.1')
    await once(resetting, 'listening')
    const { port } = resetting.address() as { port: number }
    const url = `http://127.0.0.1:${String(port)}/`
    const reset: unknown = await fetch(url).catch((error: unknown) => error)
    expect(progressOf(reset)).toBe('unknown')
    resetting.close()
    await once(resetting, 'close')
    const refused: unknown = await fetch(url).catch((error: unknown) => error)
    expect(progressOf(refused)).toBe('not-started')
  })
})

describe('isLasting', () => {
  it.each([
    ['CERT_HAS_EXPIRED', true],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', true],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', true],
    ['ERR_TLS_CERT_ALTNAME_INVALID', true],
    ['ECONNREFUSED', false],
    ['ECONNRESET', false],
  ])('%s: %s', (code, expected) => {
    expect(isLasting(failed(coded(code)))).toBe(expected)
  })

  it('believes a fetch that says so itself', () => {
    expect(isLasting(failed(Object.assign(coded('ERR_PROXY_CONNECT'), { lasting: true })))).toBe(true)
    expect(isLasting(failed(Object.assign(coded('EPROTO'), { lasting: false })))).toBe(false)
  })
})
