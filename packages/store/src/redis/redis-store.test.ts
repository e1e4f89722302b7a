import { describe } from 'vitest'
import { storeContract } from '../contract/store-contract.fixture.js'
import { redisBench } from './redis-bench.fixture.js'
import { hasRedis, startRedis } from './redis-server.fixture.js'

describe.skipIf(!hasRedis)('one server', () => {
  storeContract('Redis', async () => {
    const server = await startRedis()
    const url = `redis://127.0.0.1:${server.port}`
    return redisBench(url, [server.directory], [url], {}, () => server.close())
  })
})
