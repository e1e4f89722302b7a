import { generateKeyPairSync } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { readClientKey } from '../packages/cli/src/sign-in/client-key.js'
import { enterCode } from './oauth/user-agent.js'
import { closeAll, echo, Stage } from './sign-in/stage.js'

afterEach(closeAll)

/** The address and the code that were said on stderr. */
async function instructions(stage: Stage, at = 0): Promise<{ readonly address: string; readonly code: string }> {
  await stage.until(() => stage.said.length > at)
  const [, address = '', code = ''] =
    /open (\S+) in any browser and enter the code (\S+) /.exec(stage.said[at] ?? '') ?? []
  expect(code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/)
  return { address, code }
}

describe('the device code', () => {
  it('is used where there is no browser, and the sign-in is renewed and stored as any other', async () => {
    const stage = await Stage.set({ variables: {}, issuer: { deviceCode: true } })
    const connecting = stage.connect()
    const { address } = await instructions(stage)
    await enterCode(address)
    const client = await connecting
    expect(await echo(client, 'typed in')).toBe('typed in')
    expect(stage.opened).toEqual([])
    await stage.issuer.expireAccessTokens()
    expect(await echo(client, 'renewed')).toBe('renewed')
    expect(await echo(await stage.connect(), 'stored')).toBe('stored')
    expect(stage.said.filter((line) => line.includes('wants a sign-in'))).toHaveLength(1)
    expect(stage.issuer.registered).toHaveLength(1)
  })

  it('--device-code: also where there is a browser, whose registration is of no use', async () => {
    const stage = await Stage.set({ issuer: { deviceCode: true } })
    await stage.connect()
    await stage.issuer.expireAccessTokens()
    await stage.issuer.forgetRefreshTokens()
    const connecting = stage.connect({ deviceCode: true })
    const { address } = await instructions(stage, 2)
    await enterCode(address)
    expect(await echo(await connecting, 'by code')).toBe('by code')
    expect([stage.opened.length, stage.issuer.registered.length]).toEqual([1, 2])
  })

  it('is refused by the user: the host hears it', async () => {
    const stage = await Stage.set({ variables: {}, issuer: { deviceCode: true } })
    const connecting = stage.connect()
    const told = expect(connecting).rejects.toThrow('access was not granted')
    const { address } = await instructions(stage)
    await enterCode(address, 'cancel')
    await told
  })

  it('--device-code where none is offered: that is said at once', async () => {
    const stage = await Stage.set({ settings: { deviceCode: true } })
    await expect(stage.connect()).rejects.toThrow('offers no device code')
  })
})

describe('client credentials', () => {
  const grants = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }
  const client = { client_id: 'nightly-job', client_secret: 'of-the-nightly-job-only', ...grants }

  it('with a secret: no user, no file, and another token when the first is over', async () => {
    const stage = await Stage.set({ issuer: { clients: [client] } })
    const connected = await stage.connect({ clientCredentials: true, clientInfo: client })
    expect(await echo(connected, 'by night')).toBe('by night')
    await stage.issuer.expireClientTokens()
    expect(await echo(connected, 'and after')).toBe('and after')
    expect(stage.issuer.grants).toEqual(Array(2).fill({ type: 'client_credentials', status: 200 }))
    expect([stage.opened, await stage.store.list()]).toEqual([[], []])
  })

  it.each([
    ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['P-256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['Ed25519', () => generateKeyPairSync('ed25519')],
  ])('with a signed assertion (%s)', async (_kind, generate) => {
    const { publicKey, privateKey } = generate()
    const clientKey = readClientKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
    const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), use: 'sig' }] }
    const signing = {
      ...{ client_id: 'signing-job', ...grants, jwks },
      ...{ token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: clientKey.algorithm },
    }
    const stage = await Stage.set({ issuer: { clients: [signing] } })
    const connected = await stage.connect({
      clientCredentials: true,
      clientInfo: { client_id: 'signing-job' },
      clientKey,
    })
    expect(await echo(connected, 'signed')).toBe('signed')
  })

  it('with a wrong secret: that is said at once', async () => {
    const stage = await Stage.set({ issuer: { clients: [client] } })
    const clientInfo = { ...client, client_secret: 'wrong' }
    const refused = stage.connect({ clientCredentials: true, clientInfo })
    await expect(refused).rejects.toThrow(/invalid_client.*--client-info/)
    await expect(refused).rejects.not.toThrow('wrong')
  })

  it('are sent to no other authorization server than that which they were given for', async () => {
    const stage = await Stage.set({ issuer: { clients: [client] } })
    const clientInfo = { ...client, issuer: 'https://bank.example' }
    await expect(stage.connect({ clientCredentials: true, clientInfo })).rejects.toThrow('bank.example')
    expect(stage.issuer.grants).toEqual([])
  })
})

describe('a client that was registered by hand', () => {
  it('signs in with its own id and secret, and registers nothing', async () => {
    const stage = await Stage.set({
      issuer: {
        clients: [
          {
            ...{ client_id: 'by-hand', client_secret: 'known-to-by-hand-only', application_type: 'native' },
            ...{ grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] },
            redirect_uris: ['http://localhost:21353/oauth/callback'],
          },
        ],
      },
    })
    const client = await stage.connect({
      clientInfo: { client_id: 'by-hand', client_secret: 'known-to-by-hand-only' },
      ...{ callbackHost: 'localhost', callbackPort: 21_353, callbackPath: '/oauth/callback', scope: 'mcp mcp:write' },
      authorizeParams: [['login_hint', 'ada']],
    })
    expect(await echo(client, 'by hand')).toBe('by hand')
    await stage.issuer.expireAccessTokens()
    expect(await echo(client, 'renewed')).toBe('renewed')
    expect(stage.issuer.registered).toEqual([])
    const asked = stage.opened[0]?.searchParams
    expect(asked?.get('login_hint')).toBe('ada')
    expect(asked?.get('scope')).toContain('mcp:write')
    // Its secret is in nobody's file but the user's own.
    expect(JSON.stringify(await stage.store.list())).not.toContain('known-to-by-hand-only')
  })
})

describe('a client that has its metadata at an address', () => {
  const address = 'https://client.example/mcp-tether.json'
  const document = {
    ...{ client_id: address, client_name: 'MCP Tether', application_type: 'native', scope: 'mcp offline_access' },
    ...{ redirect_uris: ['http://127.0.0.1:21359/callback'], token_endpoint_auth_method: 'none' },
    ...{ grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] },
  }
  const settings = { clientMetadataUrl: address, callbackPort: 21_359 }

  it('signs in under that address, and registers nothing', async () => {
    const stage = await Stage.set({ issuer: { documents: { [address]: document } } })
    const client = await stage.connect(settings)
    await stage.issuer.expireAccessTokens()
    expect(await echo(client, 'by its address')).toBe('by its address')
    expect(stage.opened[0]?.searchParams.get('client_id')).toBe(address)
    expect(stage.issuer.registered).toEqual([])
  })

  it('registers where the server does not support that', async () => {
    const stage = await Stage.set()
    expect(await echo(await stage.connect(settings), 'registered')).toBe('registered')
    expect(stage.issuer.registered).toHaveLength(1)
  })
})
