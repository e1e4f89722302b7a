import { describe, expect, it } from 'vitest'
import { redirectTarget } from './redirect-decision.js'

const from = 'https://example.com/mcp'
const target = (status: number, location: string | null, method = 'POST', isPublic = false, base = from) =>
  redirectTarget({ status, location, from: new URL(base), method, isPublic })?.href

describe('a redirect', () => {
  it.each([307, 308])('%i keeps the method and is followed within the origin', (status) => {
    expect(target(status, '/mcp/')).toBe('https://example.com/mcp/')
    expect(target(status, 'https://example.com:443/v2?a=1')).toBe('https://example.com/v2?a=1')
  })

  it.each([301, 302, 303])('%i is followed for a GET, and not for what it would make a GET of', (status) => {
    expect(target(status, '/mcp/', 'GET')).toBe('https://example.com/mcp/')
    expect(target(status, '/mcp/', 'POST')).toBeUndefined()
    expect(target(status, '/mcp/', 'DELETE')).toBeUndefined()
  })

  it.each([300, 304, 305, 306, 200])('%i is none', (status) => {
    expect(target(status, '/mcp/', 'GET')).toBeUndefined()
  })

  it.each([
    [null],
    ['http://['],
    ['https://other.example/mcp'],
    ['https://example.com:8443/mcp'],
    ['https://example.com.evil.net/mcp'],
    ['//other.example/mcp'],
    ['http://example.com/mcp'],
    ['https://me:pass@example.com/mcp'],
    ['ftp://example.com/mcp'],
    ['javascript:alert(1)'],
  ])('to %s is not followed', (location) => {
    expect(target(307, location)).toBeUndefined()
    expect(target(307, location, 'GET')).toBeUndefined()
  })

  it('from http: to https: of one host is one within the origin, at the usual ports', () => {
    expect(target(308, 'https://example.com/mcp', 'POST', false, 'http://example.com/mcp')).toBe(from)
    expect(target(308, 'https://example.com/mcp', 'POST', false, 'http://example.com:81/mcp')).toBeUndefined()
  })

  it('elsewhere is followed for what carries nothing secret, and never out of TLS', () => {
    expect(target(302, 'https://other.example/x', 'GET', true)).toBe('https://other.example/x')
    expect(target(302, 'http://other.example/x', 'GET', true)).toBeUndefined()
  })
})
