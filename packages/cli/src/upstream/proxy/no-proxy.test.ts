import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isExempt } from './no-proxy.js'

it.each([
  ['example.com', 'https://example.com/', true],
  ['example.com', 'https://mcp.example.com/', true],
  ['example.com', 'https://myexample.com/', false],
  ['example.com', 'https://example.com.evil.net/', false],
  ['.example.com', 'https://mcp.example.com/', true],
  ['.example.com', 'https://example.com/', true],
  ['*.example.com', 'https://a.b.example.com/', true],
  ['EXAMPLE.com', 'https://Mcp.Example.COM./', true],
  ['example.com.', 'https://example.com/', true],
  ['*', 'https://anything/', true],
  ['a, b example.com', 'https://example.com/', true],
  [' ,, ', 'https://example.com/', false],
  ['example.com:8443', 'https://example.com:8443/', true],
  ['example.com:443', 'https://example.com/', true],
  ['example.com:80', 'https://example.com/', false],
  ['10.0.0.0/8', 'http://10.1.2.3/', true],
  ['10.0.0.0/8', 'http://11.1.2.3/', false],
  ['10.0.0.0/99', 'http://10.0.0.1/', false],
  ['10.0.0.0/x', 'http://10.0.0.1/', false],
  ['192.168.1.7', 'http://192.168.1.7:3000/', true],
  ['192.168.1.7', 'http://192.168.1.70/', false],
  ['168.1.7', 'http://192.168.1.7/', false],
  ['fd00::/8', 'http://[fd12::1]/', true],
  ['[fd12:0::1]:80', 'http://[fd12::1]/', true],
  ['fd12::2', 'http://[fd12::1]/', false],
  ['10.0.0.0/8', 'http://ten.example/', false],
])('%j and %s: %s', (noProxy, url, expected) => {
  expect(isExempt(new URL(url), noProxy)).toBe(expected)
})

it('takes whatever the variable holds', () => {
  fc.assert(
    fc.property(fc.string(), (noProxy) => {
      const exempt = isExempt(new URL('https://example.com/'), noProxy)
      expect(isExempt(new URL('https://example.com/'), `${noProxy},example.com`)).toBe(true)
      expect(typeof exempt).toBe('boolean')
    }),
  )
})
