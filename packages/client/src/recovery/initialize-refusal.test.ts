import { expect, it } from 'vitest'
import { meaningOfRefusal } from './initialize-refusal.js'

it.each([
  [403, 'forbidden', 'refused'],
  [400, 'Invalid Request: Server already initialized', 'one-session-only'],
  [400, 'Bad Request: Session already initialized', 'one-session-only'],
  [400, 'Session already initialized. Mcp-Session-Id header not allowed', 'one-session-only'],
  [500, 'Already connected to a transport. Call close() before', 'one-session-only'],
  [200, 'The server has already been initialised', 'one-session-only'],
  [503, 'Session already initialized', 'one-session-only'],
  [404, 'Not found', 'away'],
  [503, 'Max number of sessions reached', 'away'],
  [502, '', 'away'],
  [429, 'slow down', 'away'],
  [400, 'Server not initialized', 'refused'],
  [400, 'Initialization requests must not include a sessionId', 'refused'],
  [500, 'boom', 'refused'],
  [307, '', 'refused'],
] as const)('%d "%s" means %s', (status, text, meaning) => {
  expect(meaningOfRefusal({ status, text })).toBe(meaning)
})
