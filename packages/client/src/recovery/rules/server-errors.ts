import { readContent } from '../refusal.js'
import type { LossRule } from './rule.js'
import { echoesId, isVersionOrHeaderCode, namesSession } from './words.js'

const wrapped404 = /^call to .+? failed with status code 404, body=(.*)/s

/** A server's failure proves nothing about what was run. */
export const serverErrors: readonly LossRule[] = [
  {
    name: 'session-service-terminated',
    conclusion: 'lost',
    replay: 'heal-only',
    reason: 'The task behind the session has died while the session was still listed.',
    servers: 'rmcp from 0.17',
    statuses: [500],
    dialect: 'sessionTerminatedAs500',
    matches: (refusal, content) => !echoesId(refusal, content) && content.text.includes('Session service terminated'),
  },
  {
    name: 'wrapped-session-not-found',
    conclusion: 'lost',
    replay: 'heal-only',
    reason: 'A gateway quotes the 404 of the server behind it, and what is quoted is itself a loss.',
    servers: 'Envoy AI Gateway',
    statuses: [500],
    dialect: 'wrappedLossAs500',
    matches: ({ body }, { shape }) => shape === 'text' && wrapsLoss(body),
  },
  {
    name: 'server-error',
    conclusion: 'not-lost',
    reason: 'An outage, not a loss: if the session was lost with it, the next answer says so.',
    servers: 'any server, and the proxies and platforms in front of it',
    statuses: [500, 502, 503, 504],
    matches: () => true,
  },
]

/** Thinner evidence than words or a JSON-RPC error is not enough here: the 404 is not the server's own status. */
function wrapsLoss(body: string): boolean {
  const inner = wrapped404.exec(body)?.[1]
  if (inner === undefined) return false
  const content = readContent(inner)
  if (content.isResult || isVersionOrHeaderCode(content.errorCode)) return false
  return namesSession.test(content.text) || (content.shape === 'json-rpc' && content.errorCode !== -32601)
}
