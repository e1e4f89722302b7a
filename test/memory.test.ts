import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withSessionRecovery, type SessionEvent } from '@mcp-tether/client'
import { ForgetfulServer } from './memory/forgetful-server.js'
import { Changes } from './transparency/changes.js'
import { connectV1, connectV2, type Talker } from './transparency/sdk-clients.js'

/*
 * P8, nothing is forgotten, with the real clients and a real server: after any number of losses the last session knows
 * what the client has told all of them together, and a list that has become another is told to the client.
 */

class Events extends Changes {
  readonly all: SessionEvent[] = []
}

let server: Awaited<ReturnType<typeof ForgetfulServer.start>>
let events: Events
let talker: Talker | undefined

beforeEach(async () => {
  server = await ForgetfulServer.start()
  events = new Events()
})

afterEach(async () => {
  await talker?.close()
  await server.wire.close()
  await server.forget()
})

describe.each([
  { name: 'SDK v1', connect: connectV1 },
  { name: 'SDK v2', connect: connectV2 },
])('a client of $name', ({ connect }) => {
  const connected = async (): Promise<Talker> => {
    const onEvent = (event: SessionEvent): void => {
      events.all.push(event)
      events.changed()
    }
    talker = await connect(server.wire.url, withSessionRecovery({ onEvent, random: () => 0 })(fetch))
    return talker
  }

  it('has its log level and its subscriptions after every loss', async () => {
    const { requests, callTool, sessionId } = await connected()
    const id = sessionId()
    const uris = new Set(['test://always'])
    await requests.setLoggingLevel('info')
    await requests.subscribeResource({ uri: 'test://always' })
    for (let loss = 1; loss <= 6; loss++) {
      const uri = `test://${loss}`
      await requests.subscribeResource({ uri })
      uris.add(uri)
      await server.forget()
      if (loss % 2 === 0) {
        // This is the request that finds the session lost.
        await requests.unsubscribeResource({ uri })
        uris.delete(uri)
      }
      if (loss === 3) await requests.setLoggingLevel('error')
      await Promise.all([callTool('a'), callTool('b')])
      expect(server.told).toEqual({ level: loss < 3 ? 'info' : 'error', uris: [...uris].sort() })
    }
    expect(server.lives).toBe(7)
    expect(sessionId()).toBe(id)
  })

  it('has the change of a list noticed, when it has asked for the list', async () => {
    const { requests, callTool } = await connected()
    await requests.listTools()
    await server.forget()
    await callTool('first')
    await server.wire.ended(1, ({ body }) => /"id":"mcp-tether-.*tools\/list/.test(body))
    server.tools.push({ name: 'second', description: 'A new tool' })
    await server.forget()
    await callTool('first')
    await events.until(() => events.all.some(({ type }) => type === 'list-changed'))
    expect(events.all.filter(({ type }) => type === 'list-changed')).toMatchObject([
      { epoch: 3, list: 'tools', announced: true },
    ])
  })

  it('is told that a list has changed', async () => {
    const { requests, callTool, sightings } = await connected()
    await requests.listTools()
    server.tools.push({ name: 'second', description: 'A new tool' })
    await server.forget()
    await callTool('first')
    await events.until(() => events.all.some(({ type }) => type === 'list-changed'))
    await callTool('first')
    await sightings.until(() => sightings.notifications.length > 0)
    expect(sightings.notifications).toEqual([{ method: 'notifications/tools/list_changed', params: undefined }])
    expect(sightings.errors).toEqual([])
  })
})
