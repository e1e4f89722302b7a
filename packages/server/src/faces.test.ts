import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { memoryStore } from '@mcp-tether/store'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterEach, expect, it } from 'vitest'
import { persistentSessions, type PersistentSessions } from './index.js'
import { buildServer, connect, type Major } from './replicas.fixture.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** Starts what a user would start, on a free port. */
const faces: Record<string, (sessions: PersistentSessions) => Promise<Server>> = {
  async node(sessions) {
    const server = createServer((request, response) => void sessions.node()(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return server
  },
  async express(sessions) {
    const app = express()
    app.all('/mcp', sessions.express())
    return new Promise((resolve) => {
      const server = app.listen(0, '127.0.0.1', () => {
        resolve(server)
      })
    })
  },
  async 'express with express.json()'(sessions) {
    const app = express()
    app.use(express.json())
    app.all('/mcp', sessions.express())
    return new Promise((resolve) => {
      const server = app.listen(0, '127.0.0.1', () => {
        resolve(server)
      })
    })
  },
  async hono(sessions) {
    const app = new Hono()
    app.all('/mcp', sessions.hono())
    return new Promise((resolve) => {
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => {
        resolve(server as Server)
      })
    })
  },
  async 'hono with a middleware that reads the body'(sessions) {
    const app = new Hono()
    app.use(async ({ req }, next) => {
      if (req.method === 'POST') await req.json()
      await next()
    })
    app.all('/mcp', sessions.hono())
    return new Promise((resolve) => {
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => {
        resolve(server as Server)
      })
    })
  },
  async fastify(sessions) {
    const app = fastify()
    app.all('/mcp', sessions.fastify())
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  },
}

it.each(Object.keys(faces).flatMap((face) => (['v1', 'v2'] as Major[]).map((major) => ({ face, major }))))(
  '$face serves SDK $major: calls, the stream, the end',
  async ({ face, major }) => {
    const sessions = persistentSessions({ createServer: () => buildServer(major, face), store: memoryStore() })
    const server = await faces[face]?.(sessions)
    ends.push(async () => {
      server?.closeAllConnections()
      await new Promise((resolve) => server?.close(resolve))
    })
    const url = new URL(`http://127.0.0.1:${(server?.address() as AddressInfo).port}/mcp`)
    const { client, transport, call } = await connect(major, url)
    const heard = new Promise((resolve) => {
      client.fallbackNotificationHandler = ({ method }: { method: string }) => {
        resolve(method)
        return Promise.resolve()
      }
    })
    expect((await call('where')).content).toEqual([{ type: 'text', text: face }])
    const id = transport.sessionId ?? ''
    await sessions.notify(id, { method: 'notifications/hello' })
    expect(await heard).toBe('notifications/hello')
    await transport.terminateSession()
    expect(await sessions.notify(id, { method: 'notifications/hello' })).toBe(false)
    await client.close()
    const closing = sessions.close()
    expect((await sessions.fetch(new Request(url, { method: 'POST', body: '{}' }))).status).toBe(503)
    await closing
  },
)
