import { generateKeyPairSync } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UsageError } from '../command/usage-error.js'
import type { OptionInput } from '../options/option.js'
import { accountName } from './account-name.js'
import { checkSignInSettings } from './check-settings.js'
import { readClientKey } from './client-key.js'
import { signInOptions } from './sign-in-options.js'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mcp-tether-options-'))
  await writeFile(join(directory, 'client.json'), '{"client_id":"${ID}","client_secret":"${SECRET}"}')
  await writeFile(join(directory, 'cut.json'), '{"client_id":"geheim')
  await writeFile(join(directory, 'key.pem'), pem)
  await mkdir(join(directory, 'folder'))
})
afterAll(() => rm(directory, { recursive: true }))

function input(environment: Record<string, string> = {}): OptionInput {
  return { name: '--it', environment, directory }
}

function complaint(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    const { message } = error as Error
    expect(message).toMatch(/^(?:--it|--client)\b[^\r\n]+$/)
    expect(message).not.toContain('geheim')
    return message
  }
  throw new Error('nothing was refused')
}

describe('--client-info', () => {
  const { clientInfo } = signInOptions
  const environment = { ID: 'me', SECRET: '"geheim"' }

  it('is JSON, a file, or an object in the configuration file; references are expanded in each', () => {
    const expected = { client_id: 'me', client_secret: '"geheim"' }
    const text = '{"client_id":"${ID}","client_secret":"${SECRET}","more":1}'
    expect(clientInfo.fromText([text], input(environment))).toEqual(expected)
    expect(clientInfo.fromText(['@client.json'], input(environment))).toEqual(expected)
    expect(clientInfo.fromFile(JSON.parse(text), input(environment))).toEqual(expected)
    expect(clientInfo.fromFile('@client.json', input(environment))).toEqual(expected)
  })

  it.each([
    ['{"client_id":"geheim', 'is no valid JSON'],
    ['geheim', 'is no valid JSON'],
    ['"geheim"', 'a string; expected a JSON object'],
    ['[]', 'a list; expected'],
    ['{"client_secret":"geheim"}', 'has no client_id'],
    ['{"client_id":7}', 'has a client_id that is no text'],
    ['{"client_id":"a","client_secret":"${NOT_THERE}"}', 'the variable NOT_THERE, which is not set'],
    ['{"client_id":"a","client_secret":"${EMPTY}"}', 'the variable EMPTY, which is empty'],
    ['@nowhere.json', 'does not exist'],
    ['@folder', 'is a directory'],
    ['@cut.json', '@cut.json is no valid JSON'],
  ])('%s: %s', (given, expected) => {
    expect(complaint(() => clientInfo.fromText([given], input({ EMPTY: '' })))).toContain(expected)
  })
})

describe('--client-key', () => {
  const { clientKey } = signInOptions

  it('is a file, or the key itself in a variable', () => {
    const expected = { algorithm: 'ES256', key: privateKey.export({ format: 'jwk' }) }
    expect(clientKey.fromText(['key.pem'], input())).toEqual(expected)
    expect(clientKey.fromText(['${KEY}'], input({ KEY: pem }))).toEqual(expected)
    expect(readClientKey(JSON.stringify(expected.key))).toEqual(expected)
    expect(readClientKey(JSON.stringify({ ...expected.key, alg: 'PS256' })).algorithm).toBe('PS256')
  })

  it.each([
    ['nowhere.pem', 'does not exist'],
    ['client.json', 'is no private key in PEM or JWK form'],
    ['cut.json', 'it is no valid JSON'],
    ['-----BEGIN geheim', 'is no private key'],
  ])('%s: %s', (given, expected) => {
    expect(complaint(() => clientKey.fromText([given], input()))).toContain(expected)
  })

  it('is of a kind that signs', () => {
    const { privateKey: other } = generateKeyPairSync('x25519')
    expect(() => readClientKey(other.export({ type: 'pkcs8', format: 'pem' }).toString())).toThrow(
      'signs no assertions',
    )
  })
})

describe('the other options', () => {
  const { scope, resource, authorizeParams, callbackPort, callbackPath, clientMetadataUrl } = signInOptions

  it('take what they are for', () => {
    expect(scope.fromText(['read mcp:write'], input())).toBe('read mcp:write')
    expect(resource.fromText(['none'], input())).toBe('none')
    expect(String(resource.fromText(['https://t.example'], input()))).toBe('https://t.example/')
    expect(authorizeParams.fromText(['audience=https://a/?b=c', 'x='], input())).toEqual([
      ['audience', 'https://a/?b=c'],
      ['x', ''],
    ])
    expect(callbackPort.fromText(['3334'], input())).toBe(3334)
    expect(callbackPath.fromText(['/oauth/callback'], input())).toBe('/oauth/callback')
    const document = 'https://c.example/client.json'
    expect(clientMetadataUrl.fromText([document], input())).toBe(document)
  })

  it.each([
    [() => scope.fromText(['a  b'], input()), 'scopes with one space'],
    [() => scope.fromText(['a"b'], input()), 'scopes with one space'],
    [() => resource.fromText(['tenant'], input()), 'a URL without a fragment'],
    [() => resource.fromText(['https://t.example/#a'], input()), 'a URL without a fragment'],
    [() => authorizeParams.fromText(['audience'], input()), 'name=value'],
    [() => authorizeParams.fromText(['state=1'], input()), 'does not set itself'],
    [() => callbackPort.fromText(['0'], input()), 'a port from 1 to 65535'],
    [() => callbackPort.fromText(['65536'], input()), 'a port from 1 to 65535'],
    [() => callbackPort.fromFile('3334', input()), 'a port from 1 to 65535'],
    [() => callbackPort.fromFile(33.4, input()), 'a port from 1 to 65535'],
    [() => callbackPath.fromText(['callback'], input()), 'a path like'],
    [() => clientMetadataUrl.fromText(['http://c.example/client.json'], input()), 'an https URL with a path'],
    [() => clientMetadataUrl.fromText(['https://c.example'], input()), 'an https URL with a path'],
  ])('refuse the rest (%#): %s', (action, expected) => {
    expect(complaint(action)).toContain(expected)
  })
})

describe('options that have to do with each other', () => {
  const clientInfo = { client_id: 'c', client_secret: 's' }
  const clientKey = readClientKey(pem)

  it('are taken together', () => {
    for (const settings of [{}, { clientInfo }, { clientCredentials: true, clientInfo }]) checkSignInSettings(settings)
    checkSignInSettings({ clientCredentials: true, clientInfo: { client_id: 'c' }, clientKey })
  })

  it.each([
    [{ clientCredentials: true }, 'expected one in --client-info'],
    [{ clientCredentials: true, clientInfo: { client_id: 'c' } }, 'expected client_secret'],
    [{ clientCredentials: true, clientInfo, deviceCode: true }, 'expected one of them'],
    [{ clientKey }, 'without --client-credentials'],
  ])('or refused: %s', (settings, expected) => {
    expect(
      complaint(() => {
        checkSignInSettings(settings)
      }),
    ).toContain(expected)
  })
})

it('what a sign-in is asked for makes an account of its own', () => {
  const tenant = accountName({ resource: new URL('https://t.example') })
  expect(accountName({ scope: 'a', callbackPort: 1 })).toBeUndefined()
  expect(tenant).toBe('resource=https%3A%2F%2Ft.example%2F')
  const params = [
    ['b', '1'],
    ['a', '2'],
  ] as const
  expect(accountName({ authorizeParams: params })).toBe(accountName({ authorizeParams: [...params].reverse() }))
  expect(accountName({ clientInfo: { client_id: 'c', client_secret: 'geheim' } })).toBe('client_id=c')
})
