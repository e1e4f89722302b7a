import { expect, it } from 'vitest'
import { isTransportAllowed } from './plain-http.js'

it.each([
  ['http://localhost:3000/', true],
  ['http://LOCALHOST./', true],
  ['http://mcp.localhost/', true],
  ['http://127.0.0.1/', true],
  ['http://127.1.2.3/', true],
  ['http://2130706433/', true],
  ['http://[::1]:80/', true],
  ['http://[::ffff:127.0.0.1]/', true],
  ['http://[::ffff:128.0.0.1]/', false],
  ['http://notlocalhost/', false],
  ['http://localhost.example.com/', false],
  ['http://127.0.0.1.example.com/', false],
  ['http://0.0.0.0/', false],
  ['http://192.168.1.7/', false],
  ['https://example.com/', true],
  ['ftp://localhost/', false],
])('%s without --allow-http: %s', (url, expected) => {
  expect(isTransportAllowed(new URL(url), false)).toBe(expected)
})

it('any http: address with --allow-http, and nothing else', () => {
  expect(isTransportAllowed(new URL('http://example.com/'), true)).toBe(true)
  expect(isTransportAllowed(new URL('ftp://example.com/'), true)).toBe(false)
})
