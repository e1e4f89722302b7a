import type { Store } from '@mcp-tether/store'
import type { AuthInfo, SdkServer } from '../sdk/sdk.js'
import { principalOf } from '../session/principal.js'
import type { PersistentSessionsOptions } from './options.js'

const minute = 60_000
const day = 24 * 60 * minute

/** The options with everything that was left out. */
export interface Settings<Server extends SdkServer> extends Pick<
  PersistentSessionsOptions<Server>,
  'createServer' | 'rehydrate' | 'transport'
> {
  readonly store: Store
  readonly principal: (request: Request, authInfo: AuthInfo | undefined) => string | undefined
  readonly limits: {
    readonly perPrincipal: number
    readonly total: number
    readonly live: number
    readonly bodyBytes: number
  }
  readonly ttl: { readonly idle: number; readonly absolute: number; readonly live: number }
  readonly unknownSessions: 'refuse' | 'recreate'
  readonly startTimeout: number
  readonly transportOptions: NonNullable<PersistentSessionsOptions<Server>['transportOptions']>
  readonly now: () => number
}

/** @throws TypeError for an option that can't be meant */
export function settingsOf<Server extends SdkServer>(options: PersistentSessionsOptions<Server>): Settings<Server> {
  if (typeof options.createServer !== 'function') {
    throw new TypeError('persistentSessions needs createServer: a function that builds the server of one session.')
  }
  if (typeof options.store.sessions.startRequest !== 'function') {
    throw new TypeError(
      'persistentSessions needs a store: memoryStore(), lmdbStore() or redisStore() of @mcp-tether/store.',
    )
  }
  return {
    createServer: options.createServer,
    store: options.store,
    ...(options.rehydrate === undefined ? {} : { rehydrate: options.rehydrate }),
    ...(options.transport === undefined ? {} : { transport: options.transport }),
    principal: options.principal ?? ((_request, authInfo) => principalOf(authInfo)),
    limits: {
      perPrincipal: positive('limits.perPrincipal', options.limits?.perPrincipal ?? 1000),
      total: positive('limits.total', options.limits?.total ?? 1_000_000),
      live: positive('limits.live', options.limits?.live ?? 10_000),
      bodyBytes: positive('limits.bodyBytes', options.limits?.bodyBytes ?? 4 * 1024 * 1024),
    },
    ttl: {
      idle: positive('ttl.idle', options.ttl?.idle ?? 7 * day),
      absolute: positive('ttl.absolute', options.ttl?.absolute ?? 90 * day),
      live: positive('ttl.live', options.ttl?.live ?? 5 * minute),
    },
    unknownSessions: oneOf('unknownSessions', ['refuse', 'recreate'], options.unknownSessions ?? 'refuse'),
    startTimeout: positive('startTimeout', options.startTimeout ?? minute / 2),
    transportOptions: options.transportOptions ?? {},
    now: Date.now,
  }
}

function oneOf<Value extends string>(name: string, values: readonly Value[], value: Value): Value {
  if (values.includes(value)) return value
  throw new TypeError(`The option ${name} has to be ${values.join(' or ')}; it is ${value}.`)
}

function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 1) return value
  throw new TypeError(`The option ${name} has to be a number from 1 on; it is ${String(value)}.`)
}
