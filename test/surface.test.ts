import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as client from '@mcp-tether/client'
import { expect, it } from 'vitest'

/** What users build on. A change here is a change of the public API: it belongs into CHANGELOG.md. */
it('client exports these values', () => {
  expect(Object.keys(client).sort()).toEqual(['TetherError', 'withSessionRecovery'])
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
