import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as client from '@mcp-tether/client'
import * as server from '@mcp-tether/server'
import * as store from '@mcp-tether/store'
import * as storeOnLmdb from '@mcp-tether/store/lmdb'
import * as storeOnRedis from '@mcp-tether/store/redis'
import { expect, it } from 'vitest'

/** What users build on. A change here is a change of the public API: it belongs into CHANGELOG.md. */
it('client exports these values', () => {
  expect(Object.keys(client).sort()).toEqual(['TetherError', 'withSessionRecovery'])
})

it('store exports these values', () => {
  expect(Object.keys(store).sort()).toEqual(['StoreError', 'memoryStore'])
  expect(Object.keys(storeOnLmdb)).toEqual(['lmdbStore'])
  expect(Object.keys(storeOnRedis)).toEqual(['redisStore'])
})

it('server exports these values', () => {
  expect(Object.keys(server)).toEqual(['persistentSessions'])
})

it('client exports these types', () => {
  const root = resolve(import.meta.dirname, '..')
  const index = readFileSync(join(root, 'packages/client/dist/index.d.ts'), 'utf8')
  const names = [...index.matchAll(/export (?:type )?\{([^}]*)\}/g)]
    .flatMap(([, list = '']) => list.split(','))
    .map((name) => name.replace(/^\s*type\s+/, '').trim())
    .filter((name) => name !== '')
  expect(names.sort()).toEqual([
    'Clock',
    'DialectOptions',
    'EventListener',
    'FetchLike',
    'InitializeParams',
    'ListChangePolicy',
    'RecoveringFetch',
    'RecoveryStep',
    'RecoveryThrottling',
    'ReplayPolicy',
    'SessionEvent',
    'SessionRecoveryMiddleware',
    'SessionRecoveryOptions',
    'SessionSnapshot',
    'TetherError',
    'TetherErrorCode',
    'withSessionRecovery',
  ])
})
