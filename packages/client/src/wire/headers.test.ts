import { describe, expect, it } from 'vitest'
import { withHeaderValues } from './headers.js'

describe('headers with other values', () => {
  const values = { 'mcp-session-id': 'new', 'mcp-protocol-version': undefined }

  it.each<[string, HeadersInit]>([
    ['a record', { 'Mcp-Session-Id': 'old', 'MCP-Protocol-Version': '1', accept: 'a' }],
    ['pairs', [['mcp-session-id', 'old'], ['mcp-protocol-version', '1'], ['accept', 'a']]], // prettier-ignore
    ['headers', new Headers({ 'mcp-session-id': 'old', 'mcp-protocol-version': '1', accept: 'a' })],
  ])('are the same in every form: %s', (_name, given) => {
    const before = Object.fromEntries(new Headers(given))
    const changed = withHeaderValues(given, values)
    expect(Object.fromEntries(new Headers(changed))).toEqual({ 'mcp-session-id': 'new', accept: 'a' })
    expect(Object.fromEntries(new Headers(given))).toEqual(before)
  })

  it('stay a record where they are one', () => {
    expect(withHeaderValues({ accept: 'a' }, values)).toEqual({ accept: 'a', 'mcp-session-id': 'new' })
    expect(withHeaderValues(undefined, values)).toBeInstanceOf(Headers)
  })
})
