import { expect, it } from 'vitest'
import { meaningOfRefusal } from './initialize-refusal.js'

it.each([
  [401, true, 'invalid_token', 'challenge'],
  [401, false, '', 'challenge'],
  [403, true, 'insufficient_scope', 'challenge'],
  [403, false, 'forbidden', 'refused'],
  [400, false, 'Invalid Request: Server already initialized', 'one-session-only'],
  [400, false, 'Bad Request: Session already initialized', 'one-session-only'],
  [400, false, 'Session already initialized. Mcp-Session-Id header not allowed', 'one-session-only'],
  [500, false, 'Already connected to a transport. Call close() before', 'one-session-only'],
  [200, false, 'The server has already been initialised', 'one-session-only'],
  [503, false, 'Session already initialized', 'one-session-only'],
  [404, false, 'Not found', 'away'],
  [503, false, 'Max number of sessions reached', 'away'],
  [502, false, '', 'away'],
  [429, false, 'slow down', 'away'],
  [400, false, 'Server not initialized', 'refused'],
  [400, false, 'Initialization requests must not include a sessionId', 'refused'],
  [500, false, 'boom', 'refused'],
  [307, false, '', 'refused'],
] as const)('%d (challenge: %s) "%s" means %s', (status, hasChallenge, text, meaning) => {
  expect(meaningOfRefusal({ status, hasChallenge, text })).toBe(meaning)
})
