import type { Refusal, RefusalContent } from '../refusal.js'
import type { LossRule } from './rule.js'
import { echoesId } from './words.js'

/** The whole sentence: a sign-in that has expired is worded much like it. */
const sessionNotFound = /^\s*(?:unauthorized: )?(?:session not found|unknown session)[.!]?\s*$/i
const noValidSession = 'Unauthorized: No valid session ID provided'

/** 401 belongs to the client's own sign-in, but for two exact shapes. */
export const unauthorized: readonly LossRule[] = [
  {
    name: 'session-not-found-401',
    conclusion: 'lost',
    replay: 'replay',
    reason:
      'A 401 that wants a sign-in has to say where, in WWW-Authenticate. This one does not, and names the session.',
    servers: 'rmcp 0.2 to 0.16',
    statuses: [401],
    dialect: 'sessionNotFoundAs401',
    matches: (refusal, content) =>
      refusal.wwwAuthenticate === undefined && !echoesId(refusal, content) && sessionNotFound.test(content.text),
  },
  {
    name: 'no-valid-session-401',
    conclusion: 'lost',
    replay: 'replay',
    reason:
      'The token is named invalid because the session id is not known. Only this sentence, only where a token was sent, and only once: the second 401 is the client’s.',
    servers: 'fastmcp for TypeScript on mcp-proxy 6.5.4 to 6.7.16, with `authenticate`',
    statuses: [401],
    dialect: 'noValidSessionAs401',
    // It says the same of a request without a session id.
    withoutSession: true,
    matches: (refusal, content) => refusal.sentAuthorization === true && saysNoValidSession(refusal, content),
  },
  {
    name: 'sign-in-required',
    conclusion: 'not-lost',
    reason: 'The client’s own sign-in answers a challenge.',
    servers: 'any server with OAuth',
    statuses: [401],
    matches: ({ wwwAuthenticate }) => wwwAuthenticate !== undefined,
  },
]

function saysNoValidSession({ wwwAuthenticate }: Refusal, { text }: RefusalContent): boolean {
  return (
    wwwAuthenticate !== undefined &&
    (text.trim() === noValidSession || wwwAuthenticate.includes(`error_description="${noValidSession}"`))
  )
}
