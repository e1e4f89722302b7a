import { inProcessServer, json, type Answer, type Seen } from './in-process-server.fixture.js'

/** What one session of the server was told. */
export interface ToldSession {
  level: string | undefined
  readonly uris: Set<string>
}

/** What lists hold, by the method that lists them: pages of items. */
type Lists = Record<string, readonly (readonly object[])[]>

const members: Readonly<Record<string, string>> = {
  'tools/list': 'tools',
  'prompts/list': 'prompts',
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
}

/** A server in this process whose sessions remember the log level and subscriptions, and that has lists. */
export function rememberingServer(intercept: (seen: Seen) => Answer = () => undefined) {
  const sessions = new Map<string, ToldSession>()
  const lists: Lists = {}
  const told = (id: string): ToldSession => {
    const session = sessions.get(id) ?? { level: undefined, uris: new Set() }
    sessions.set(id, session)
    return session
  }
  const server = inProcessServer(async (seen) => (await intercept(seen)) ?? answer(seen))
  server.settings.initializeResult = {
    capabilities: {
      logging: {},
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { listChanged: true, subscribe: true },
    },
  }

  const answerOne = (message: Seen['message'], id: string): object | undefined => {
    const { method = '', params = {} } = message
    const result = (it: object) => ({ jsonrpc: '2.0', id: message.id, result: it })
    if (method === 'logging/setLevel') told(id).level = String(params.level)
    if (method === 'resources/subscribe') told(id).uris.add(String(params.uri))
    if (method === 'resources/unsubscribe') told(id).uris.delete(String(params.uri))
    if (/^(logging|resources)\/(setLevel|subscribe|unsubscribe)$/.test(method)) return result({})
    const member = members[method]
    if (member === undefined) return undefined
    const pages = lists[method] ?? [[]]
    const page = Number(params.cursor ?? 0)
    return result({ [member]: pages[page], ...(page + 1 < pages.length ? { nextCursor: String(page + 1) } : {}) })
  }
  const answer = ({ message, headers }: Seen): Answer => {
    const id = headers.get('mcp-session-id') ?? ''
    if (!server.knows(id)) return undefined
    if (Array.isArray(message))
      return json(
        200,
        (message as Seen['message'][]).map((member) => answerOne(member, id)),
      )
    const answered = answerOne(message, id)
    return answered && json(200, answered)
  }
  return {
    ...server,
    lists,
    /** What the session of this number was told. */
    told: (number: number) => {
      const { level, uris } = told(`session-${String(number)}`)
      return { level, uris: [...uris].sort() }
    },
  }
}
