import type { RefusalContent } from '@mcp-tether/client/internal'

/** What a 404 to the first `initialize` says: that the server is not there yet, or that it has no such address. */
export type NotFoundMeaning = 'not-there-yet' | 'no-such-address'

interface NotFoundRule {
  readonly meaning: NotFoundMeaning
  /** Who answers like this. */
  readonly who: string
  readonly matches: (body: string, content: RefusalContent) => boolean
}

const frameworkPages =
  /Cannot POST \/|Route POST:\S+ not found|The requested URL was not found on the server|Whitelabel Error Page|No route matches/i
const exactly = /^\s*(?:Not Found|404 Not Found|Invalid path|no route)\s*$/i

/**
 * Routers answer 404 for an application that is being deployed; applications answer 404 where they have no such path.
 * The first row that matches decides.
 */
const rules: readonly NotFoundRule[] = [
  {
    meaning: 'no-such-address',
    who: 'an MCP server that reads the message, or a gateway that speaks MCP',
    matches: (_body, { shape }) => shape === 'json-rpc',
  },
  {
    meaning: 'no-such-address',
    who: 'Express, Fastify, Flask, Spring, Rails: their page for an unknown path',
    matches: (body) => frameworkPages.test(body),
  },
  {
    meaning: 'not-there-yet',
    who: 'Railway, Heroku, Vercel, ingress-nginx, ngrok: nobody is behind this name',
    matches: (body) =>
      /application not found|no such app|DEPLOYMENT_NOT_FOUND|default backend|ERR_NGROK|no healthy|no server/i.test(
        body,
      ),
  },
  {
    meaning: 'no-such-address',
    who: 'Starlette, FastAPI, Hono, Spring: JSON, or these words alone, for an unknown path',
    matches: (body, { shape }) => shape === 'json' || exactly.test(body),
  },
  {
    meaning: 'not-there-yet',
    who: 'Traefik ("404 page not found"), Envoy (an empty body), nginx and hosting platforms (a page)',
    matches: () => true,
  },
]

/** @param body its beginning; @param content the same, read */
export function meaningOfNotFound(body: string, content: RefusalContent): NotFoundMeaning {
  return rules.find(({ matches }) => matches(body, content))?.meaning ?? 'no-such-address'
}
