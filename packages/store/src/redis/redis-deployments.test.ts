import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { storeContract } from '../contract/store-contract.fixture.js'
import { redisBench } from './redis-bench.fixture.js'
import { freePort, hasRedis, redisCli, startRedis } from './redis-server.fixture.js'
import { redisStore } from './redis-store.js'

const minute = 60_000

describe.skipIf(!hasRedis)('a cluster of three', () => {
  storeContract('Redis Cluster', async () => {
    const servers = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const [port, busPort] = [await freePort(), await freePort()]
        return startRedis(
          ['--cluster-enabled', 'yes', '--cluster-port', String(busPort), '--cluster-node-timeout', '2000'],
          { port },
        )
      }),
    )
    const ports = servers.map(({ port }) => port)
    const [first = 0] = ports
    redisCli(first, '--cluster', 'create', ...ports.map((port) => `127.0.0.1:${port}`), '--cluster-yes')
    await vi.waitFor(
      () => {
        for (const port of ports) expect(redisCli(port, 'CLUSTER', 'INFO')).toContain('cluster_state:ok')
      },
      { timeout: 20_000 },
    )
    const directories = servers.map(({ directory }) => directory)
    const url = `redis-cluster://${ports.map((port) => `127.0.0.1:${port}`).join(',')}`
    const plainUrls = ports.map((port) => `redis://127.0.0.1:${port}`)
    return redisBench(url, directories, plainUrls, {}, async () => {
      await Promise.all(servers.map((server) => server.close()))
    })
  })
})

describe.skipIf(!hasRedis)('over TLS', () => {
  storeContract('Redis', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tether-tls-'))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
    ])
    if (made.status !== 0) throw new Error(`openssl: ${String(made.stderr)}`)
    const port = await freePort()
    const plainPort = await freePort()
    const server = await startRedis(
      [
        ...['--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key],
        ...['--tls-auth-clients', 'no', '--requirepass', 'pass word'],
      ],
      { port: plainPort },
    )
    const ca = readFileSync(cert)
    const url = `rediss://:pass%20word@127.0.0.1:${port}`
    const strict = redisStore(url, { timeout: 500 })
    await expect(strict.sessions.get('a')).rejects.toMatchObject({ code: 'store_unavailable' })
    await strict.close()
    const wrong = redisStore(`rediss://:wrong@127.0.0.1:${port}`, { timeout: 500, tls: { ca } })
    await expect(wrong.sessions.get('a')).rejects.toThrow(/^Redis could not be reached.*WRONGPASS/)
    await wrong.close()
    return redisBench(
      url,
      [server.directory],
      [`redis://:pass%20word@127.0.0.1:${plainPort}`],
      { tls: { ca } },
      async () => {
        await server.close()
        rmSync(folder, { recursive: true })
      },
    )
  })
})

describe.skipIf(!hasRedis)('Sentinel', () => {
  it('fails over to a replica, and nobody notices more than a delay', { timeout: 90_000 }, async () => {
    const master = await startRedis()
    const replica = await startRedis([
      '--replicaof',
      '127.0.0.1',
      String(master.port),
      '--repl-diskless-sync-delay',
      '0',
    ])
    const folder = mkdtempSync(join(tmpdir(), 'tether-sentinel-'))
    const sentinels = await Promise.all(
      Array.from({ length: 3 }, (_, n) => {
        const file = join(folder, `${n}.conf`)
        writeFileSync(
          file,
          [
            `sentinel monitor main 127.0.0.1 ${master.port} 2`,
            'sentinel down-after-milliseconds main 500',
            'sentinel failover-timeout main 3000',
            '',
          ].join('\n'),
        )
        return startRedis([file], { mode: 'sentinel' })
      }),
    )
    onTestFinished(async () => {
      await Promise.all([master, replica, ...sentinels].map((server) => server.close()))
      rmSync(folder, { recursive: true })
    })
    await vi.waitFor(
      () => {
        expect(redisCli(replica.port, 'INFO', 'replication')).toContain('master_link_status:up')
        for (const { port } of sentinels) {
          const seen = redisCli(port, 'SENTINEL', 'MASTER', 'main')
          expect(seen).toMatch(/num-slaves\s+1\s/)
          expect(seen).toMatch(/num-other-sentinels\s+2\s/)
        }
      },
      { timeout: 30_000, interval: 200 },
    )
    const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')
    const store = redisStore(`redis-sentinel://${hosts}/main`, { timeout: 30_000 })
    const version = await store.sessions.put('a', { n: 1 }, minute)
    const heard: unknown[] = []
    await store.bus.subscribe('a', { onMessage: (message) => void heard.push(message) })
    await store.events('a').storeEvent('stream', { n: 1 })
    expect(redisCli(master.port, 'WAIT', '1', '5000').trim()).toBe('1')

    await master.stop('SIGKILL')
    // Asked at once: it waits for the replica to take over.
    expect(await store.sessions.compareAndSet('a', version, { n: 2 }, minute)).toMatchObject({ written: true })
    expect((await store.events('a').readFromStart('stream')).events).toHaveLength(1)
    expect(redisCli(replica.port, 'INFO', 'replication')).toContain('role:master')
    await vi.waitFor(
      async () => {
        await store.bus.publish('a', 'after')
        expect(heard).toContain('after')
      },
      { timeout: 20_000, interval: 500 },
    )
    await store.close()
  })
})
