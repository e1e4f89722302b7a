/** What a server needs to know to refuse a request whose session it does not know. */
export interface RefusedRequest {
  /** The HTTP method. */
  readonly method: string
  /** The JSON-RPC id; `undefined` for what has none. */
  readonly id: unknown
  /** Whether a request of this JSON-RPC method was answered before in this client's session. */
  readonly answeredBefore: boolean
  /** Whether it carried a session id. */
  readonly carriedSession: boolean
}

export interface Refusal {
  /** The dialect that was really spoken: some can't be spoken to every request. */
  readonly dialect: string
  readonly replay: 'replay' | 'heal-only'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const json = { 'content-type': 'application/json' }
const text = { 'content-type': 'text/plain' }

const error = (code: number, message: string, id: unknown = null) =>
  JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id })

type Row = (request: RefusedRequest) => Omit<Refusal, 'dialect' | 'replay'> & { readonly healOnly?: true }

const refused = (status: number, body: string, headers: Readonly<Record<string, string>> = json) => ({
  status,
  body,
  headers,
})

/** Ways to say that a session is not known: the specification's, and every dialect that the engine's options name. */
const rows = {
  specification: () => refused(404, error(-32001, 'Session not found')),
  echoedId: ({ id }) => refused(404, error(-32001, 'Session not found', id ?? null)),
  bare404: () => refused(404, '', text),
  page404: () => refused(404, '404 page not found\n', text),
  invalidSessionId: () => refused(400, error(-32000, 'Bad Request: No valid session ID provided')),
  serverNotInitialized: () => refused(400, error(-32000, 'Bad Request: Server not initialized')),
  sessionNotFoundAs401: () => refused(401, 'Unauthorized: Session not found', text),
  noValidSessionAs401: () =>
    refused(401, error(-32000, 'Unauthorized: No valid session ID provided'), {
      ...json,
      'www-authenticate':
        'Bearer error="invalid_token", error_description="Unauthorized: No valid session ID provided"',
    }),
  sessionGoneAs410: () => refused(410, 'session terminated\n', text),
  sessionErrorInOk: () => refused(200, error(-32005, 'Session not found or expired. Please re-initialize.')),
  invalidRequestInOk: () => refused(200, error(-32600, 'Invalid Request')),
  errorTextInOk: () => refused(200, '{"error":"Session not found"}'),
  initializeFirstInOk: ({ id }) =>
    refused(200, error(0, 'method "tools/call" is invalid during session initialization', id)),
  sessionTerminatedAs500: () => ({
    ...refused(500, 'Session error: Session service terminated', text),
    healOnly: true,
  }),
  wrappedLossAs500: () => ({
    ...refused(500, 'call to backend failed with status code 404, body=session not found', text),
    healOnly: true,
  }),
  sessionRequired: () => refused(400, error(-32000, 'Bad Request: Mcp-Session-Id header is required')),
} as const satisfies Record<string, Row>

export type DialectName = keyof typeof rows

export const dialectNames = Object.keys(rows).filter((name) => name !== 'sessionRequired') as readonly DialectName[]

/** A refusal in this dialect, or in the one that is left when this can't be spoken to such a request. */
export function refuseAs(name: DialectName, request: RefusedRequest): Refusal {
  const dialect = spokenTo(request, name)
  const row: Row = rows[dialect]
  const { healOnly, ...answer } = row(request)
  return { dialect, replay: healOnly ? 'heal-only' : 'replay', ...answer }
}

function spokenTo({ method, id, answeredBefore, carriedSession }: RefusedRequest, name: DialectName): DialectName {
  const isRequest = method === 'POST' && id !== undefined
  // A server that keeps sessions, asked without an id, says that it wants one.
  if (!carriedSession) return name === 'initializeFirstInOk' && isRequest ? name : 'sessionRequired'
  switch (name) {
    case 'initializeFirstInOk':
    case 'sessionRequired':
      return 'specification'
    case 'invalidRequestInOk':
      return isRequest && answeredBefore ? name : 'specification'
    case 'sessionErrorInOk':
    case 'errorTextInOk':
      return method === 'POST' ? name : 'specification'
    default:
      return name
  }
}
