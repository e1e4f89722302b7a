import { expect, it } from 'vitest'
import { noteServerNotification } from './server-notifications.js'
import { transcriptOf } from './transcript.js'
import { VirtualSession } from './virtual-session.js'

const endpoint = new URL('http://server.test/mcp')

it('makes tools unsafe whose list the server says has changed, until they are listed by a later request', () => {
  const transcript = transcriptOf({}, {})
  const session = new VirtualSession({ endpoint, virtualId: 'v', upstreamId: 'u', transcript, now: 0 })
  const page = { tools: [{ name: 'read', annotations: { readOnlyHint: true } }] }
  const { toolHints, calls } = session
  toolHints.learn(page, calls.nextOrder())
  noteServerNotification(session, 'notifications/prompts/list_changed')
  expect(toolHints.isSafe('read')).toBe(true)

  const askedBefore = calls.nextOrder()
  noteServerNotification(session, 'notifications/tools/list_changed')
  expect(toolHints.isSafe('read')).toBe(false)
  toolHints.learn(page, askedBefore)
  expect(toolHints.isSafe('read')).toBe(false)
  toolHints.learn(page, calls.nextOrder())
  expect(toolHints.isSafe('read')).toBe(true)
})
