import { expect, it } from 'vitest'
import { isChallenge } from './challenge.js'

it.each([
  [401, { 'www-authenticate': 'Bearer error="invalid_token"' }, true],
  [401, {}, true],
  [403, { 'www-authenticate': 'Bearer error="insufficient_scope"' }, true],
  [403, {}, false],
  [404, { 'www-authenticate': 'Bearer' }, false],
] as const)('%d with %o: %s', (status, headers, expected) => {
  expect(isChallenge(new Response(null, { status, headers }))).toBe(expected)
})
