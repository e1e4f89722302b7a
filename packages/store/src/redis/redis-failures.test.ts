import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { JsonValue } from '../contract/session-store.js'
import type { Store } from '../contract/store.js'
import type { StoreWarning } from '../contract/warning.js'
import { hasRedis, redisCli, startRedis, type RedisServer } from './redis-server.fixture.js'
import { redisStore } from './redis-store.js'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.fixture.js'

const minute = 60_000

describe.skipIf(!hasRedis)('Redis that goes away', () => {
  let server: RedisServer
  let proxy: TcpProxy
  let store: Store
  let warnings: StoreWarning[]

  beforeEach(async () => {
    server = await startRedis()
    proxy = await startTcpProxy(server.port)
    warnings = []
    store = redisStore(`redis://127.0.0.1:${proxy.port}`, {
      timeout: 1500,
      onWarning: (warning) => void warnings.push(warning),
    })
    await store.sessions.put('a', { n: 1 }, minute)
  })
  afterEach(async () => {
    await store.close()
    await proxy.close()
    await server.close()
  })

  it('and is restarted: everything is there, and who asked meanwhile was only slower', async () => {
    const event = await store.events('a').storeEvent('stream', { n: 1 })
    await server.stop('SIGKILL')
    const asked = [store.sessions.get('a'), store.events('a').storeEvent('stream', { n: 2 })] as const
    await server.start()
    const [session, second] = await Promise.all(asked)
    expect(session?.data).toEqual({ n: 1 })
    expect((await store.events('a').read(event)).page?.events).toEqual([{ eventId: second, message: { n: 2 } }])
    const codes = warnings.map(({ code }) => code)
    expect(codes.slice(0, 2)).toEqual(['connection_lost', 'connection_restored'])
  })

  it.each(['closed', 'silent'] as const)('with a connection that is %s: a clear error in time', async (state) => {
    proxy.set(state)
    const before = performance.now()
    await expect(store.sessions.get('a')).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/^Redis could not be reached, or did not answer, within 1500 ms: ./) as string,
    })
    const took = performance.now() - before
    expect(took).toBeGreaterThan(1400)
    proxy.set('open')
    expect((await vi.waitFor(() => store.sessions.get('a'), { timeout: 20_000 }))?.data).toEqual({ n: 1 })
  })

  it('does nothing twice when only the answer was lost', async () => {
    // Commands arrive and take effect; their answers do not come back before the connection is cut.
    for (let n = 0; n < 15; n++) {
      const version = (await store.sessions.get('a'))?.version
      const written = store.sessions.compareAndSet('a', version, { n }, minute)
      const appended = store.events('a').storeEvent('stream', { n })
      await new Promise((resolve) => setImmediate(resolve))
      if (n % 2 === 0) proxy.set('open')
      expect(await written).toMatchObject({ written: true })
      await appended
      expect((await store.sessions.get('a'))?.data).toEqual({ n })
    }
    const { events } = await store.events('a').readFromStart('stream')
    expect(events.map(({ message }) => (message as { n: number }).n)).toEqual(Array.from({ length: 15 }, (_, n) => n))
  })

  it('bus: what was published while the connection was cut arrives late', async () => {
    const direct = redisStore(`redis://127.0.0.1:${server.port}`)
    const heard: JsonValue[] = []
    const onGap = vi.fn()
    await store.bus.subscribe('a', { onMessage: (message) => void heard.push(message), onGap })
    await direct.bus.publish('a', 1)
    await vi.waitFor(() => {
      expect(heard).toEqual([1])
    })
    proxy.set('closed')
    for (const n of [2, 3, 4]) await direct.bus.publish('a', n)
    proxy.set('open')
    await vi.waitFor(
      () => {
        expect(heard).toEqual([1, 2, 3, 4])
      },
      { timeout: 15_000 },
    )
    expect(onGap).not.toHaveBeenCalled()
    await direct.close()
  })

  it('bus: when the server forgot what was next, subscribers are told', async () => {
    const onGap = vi.fn()
    const heard: JsonValue[] = []
    await store.bus.subscribe('a', { onMessage: (message) => void heard.push(message), onGap })
    proxy.set('closed')
    redisCli(server.port, 'FLUSHALL')
    proxy.set('open')
    await vi.waitFor(
      () => {
        expect(onGap).toHaveBeenCalled()
      },
      { timeout: 15_000 },
    )
    await store.bus.publish('a', 'after')
    await vi.waitFor(() => {
      expect(heard).toEqual(['after'])
    })
    expect(warnings.map(({ code }) => code)).toContain('notices_missed')
  })

  it('and is full: says so', async () => {
    redisCli(server.port, 'CONFIG', 'SET', 'maxmemory', '1')
    await expect(store.sessions.put('b', {}, minute)).rejects.toMatchObject({ code: 'store_full' })
    expect(await store.sessions.get('a')).toBeDefined()
  })

  it('and closes while somebody waits', async () => {
    proxy.set('silent')
    const asked = store.sessions.get('a')
    const closed = store.close()
    await expect(asked).rejects.toMatchObject({ code: 'store_unavailable' })
    await closed
  })
})

it('takes no URL that it does not understand, and quotes none', () => {
  for (const url of [
    '',
    'http://user:secret@h',
    'redis://',
    'redis://user:secret@a,b',
    'redis-sentinel://secret@a:1',
    'redis://a/secret',
  ]) {
    expect(() => redisStore(url)).toThrow(/^The URL of the Redis store can't be used: (?!.*secret)/)
  }
})
