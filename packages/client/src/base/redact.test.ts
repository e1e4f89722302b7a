import { expect, it } from 'vitest'
import { fingerprint } from './fingerprint.js'
import { redact } from './redact.js'

it('masks what it is told and whatever looks like a secret', () => {
  expect(redact('Session not found: abc-def', ['abc-def'])).toBe('Session not found: [masked]')
  expect(redact('Session not found: 7c9e6679-7425-40de-944b-e07fc1f90ae7')).toBe('Session not found: [masked]')
  expect(redact('available: ["sess_0123456789abcdef"]')).toBe('available: ["[masked]"]')
})

it('leaves words and counted ids alone', () => {
  expect(redact('session 1 of 12 is unbelievablyuncharacteristic', ['1'])).toBe(
    'session 1 of 12 is unbelievablyuncharacteristic',
  )
})

it('is one line, and short', () => {
  expect(redact('a\n\tb ')).toBe('a b')
  expect(redact('word '.repeat(500))).toHaveLength(201)
})

it('fingerprints the same id the same way, and different ids differently', () => {
  expect(fingerprint('a')).toBe(fingerprint('a'))
  expect(fingerprint('a')).not.toBe(fingerprint('b'))
  expect(fingerprint('7c9e6679-7425-40de-944b-e07fc1f90ae7')).toMatch(/^[0-9a-f]{8}$/)
})
