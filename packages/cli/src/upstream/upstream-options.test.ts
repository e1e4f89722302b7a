import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bridgeSettings } from '../options/bridge-settings.js'
import {
  authorityCertificate,
  clientCertificate,
  clientKey,
  clientPkcs12,
  encryptedClientKey,
  serverKey,
} from '../testing/certificate-authority.fixture.js'
import { refusalOf } from '../testing/refusal.fixture.js'
import { type ScratchDirectory, scratchDirectory } from '../testing/scratch-directory.fixture.js'
import { upstreamOptions } from './upstream-options.js'

let scratch: ScratchDirectory
beforeEach(async () => {
  scratch = await scratchDirectory()
  await scratch.write('ca.pem', authorityCertificate)
  await scratch.write('client.pem', clientCertificate)
  await scratch.write('client.key', clientKey)
  await scratch.write('encrypted.key', encryptedClientKey)
  await scratch.write('server.key', serverKey)
  await scratch.write('client.p12', clientPkcs12)
  await scratch.write('both.pem', `${clientCertificate}${clientKey}`)
  await scratch.write('broken.pem', authorityCertificate.replace('MII', 'XXX'))
  await scratch.write('broken.key', clientKey.replace('MIG', 'XXX'))
  await scratch.write('text', 'geheim')
  await scratch.write('secret', 'sesame\n')
  await scratch.write('empty', '')
  await mkdir(join(scratch.path, 'folder'))
})
afterEach(() => scratch.remove())

/** As the command line would: flags by their names here. */
async function read(
  options: Record<string, unknown>,
  environment: NodeJS.ProcessEnv = {},
  url = 'https://example.com/mcp',
) {
  return upstreamOptions(await bridgeSettings({ url, options }, environment, scratch.path), environment)
}

describe('certificates', () => {
  it.each<[Record<string, unknown>, NodeJS.ProcessEnv?]>([
    [{ ca: ['ca.pem'] }],
    [{ ca: ['ca.pem', 'client.pem'] }],
    [{ cert: 'client.pem', key: 'client.key' }],
    [{ cert: 'both.pem' }],
    [{ cert: 'client.pem', key: 'encrypted.key', keyPassphrase: '${SECRET}' }, { SECRET: 'sesame' }],
    [{ cert: 'client.pem', key: 'encrypted.key', keyPassphrase: '@secret' }],
    [{ cert: 'client.pem', key: 'encrypted.key' }, { MCP_TETHER_KEY_PASSPHRASE: 'sesame' }],
    [{ cert: 'client.p12', keyPassphrase: '@secret' }],
    [{}, { MCP_TETHER_CA: 'ca.pem\nclient.pem', MCP_TETHER_CERT: 'client.pem', MCP_TETHER_KEY: 'client.key' }],
  ])('%j with %j are taken', async (options, environment) => {
    const { trust, identity } = await read(options, environment)
    expect(trust ?? identity).toBeDefined()
    if ('cert' in options) expect(identity?.origin).toBe('https://example.com')
  })

  it('cost nothing where there are none', async () => {
    expect(await read({})).not.toHaveProperty('trust')
  })

  it.each<[Record<string, unknown>, string]>([
    [{ ca: ['nowhere.pem'] }, 'does not exist'],
    [{ ca: ['folder'] }, 'folder" is a directory; expected a file'],
    [{ ca: [''] }, '--ca was given no file'],
    [{ ca: ['text'] }, 'text" holds no certificate; expected PEM text'],
    [{ ca: ['empty'] }, 'empty" holds no certificate; expected PEM text'],
    [{ ca: ['client.key'] }, 'client.key" holds no certificate'],
    [{ ca: ['broken.pem'] }, 'broken.pem" holds a certificate that can\'t be read'],
    [{ cert: 'client.pem' }, 'client.pem" is a certificate without its private key; give that with --key'],
    [{ key: 'client.key' }, 'client.key" is a key without a certificate; give that with --cert'],
    [{ keyPassphrase: '@secret' }, '--key-passphrase was given without --cert'],
    [{ cert: 'client.pem', key: 'server.key' }, 'server.key" is not the key of the certificate in --cert'],
    [{ cert: 'client.pem', key: 'ca.pem' }, 'ca.pem" holds no private key'],
    [{ cert: 'client.pem', key: 'broken.key' }, 'broken.key" holds a private key that can\'t be read'],
    [{ cert: 'client.key', key: 'client.key' }, 'client.key" holds no certificate'],
    [{ cert: 'client.pem', key: 'encrypted.key' }, 'encrypted.key" is encrypted; give its passphrase with'],
    [
      { cert: 'client.pem', key: 'encrypted.key', keyPassphrase: '@text' },
      "can't be decrypted with the passphrase given",
    ],
    [{ cert: 'client.p12' }, 'client.p12" is encrypted; give its passphrase'],
    [{ cert: 'client.p12', keyPassphrase: '@text' }, "can't be decrypted with the passphrase given"],
    [{ cert: 'client.p12', key: 'client.key' }, 'expected PEM with --key, or PKCS#12 alone'],
    [{ cert: 'text' }, 'text" holds no certificate; expected PEM text, or PKCS#12'],
    [
      { cert: 'client.pem', keyPassphrase: 'geheim' },
      'the passphrase itself, which every user of this machine can see',
    ],
    [{ cert: 'client.pem', keyPassphrase: '${NONE}' }, 'the variable NONE, which is not set'],
    [{ cert: 'client.pem', keyPassphrase: '@empty' }, 'empty" is empty; expected the passphrase in it'],
    [{ cert: 'client.pem', keyPassphrase: '@nowhere' }, 'nowhere" does not exist'],
  ])('%j are refused', async (options, expected) => {
    const message = await refusalOf(() => read(options))
    expect(message).toContain(expected)
    expect(message).not.toContain('geheim')
  })
})

describe('an http: address', () => {
  it('of another machine is refused, with the reason and what to do', async () => {
    const message = await refusalOf(() => read({}, {}, 'http://mcp.example.com/mcp'))
    expect(message).toContain('http://mcp.example.com/mcp is not encrypted')
    expect(message).toContain('add --allow-http')
  })

  it('is taken with --allow-http, and of this machine without', async () => {
    expect(await read({ allowHttp: true }, {}, 'http://mcp.example.com/mcp')).toMatchObject({ allowHttp: true })
    expect(await read({}, {}, 'http://localhost:3000/mcp')).toMatchObject({ allowHttp: false })
  })
})

describe('a proxy of the environment', () => {
  it.each([
    ['socks5://proxy:1080', 'is a socks5: address; expected an HTTP proxy'],
    ['http://me:geheim@proxy:none', 'is not a URL'],
  ])('%s is refused', async (value, expected) => {
    const message = await refusalOf(() => read({}, { https_proxy: value }))
    expect(message).toContain(`the environment variable https_proxy ${expected}`)
    expect(message).not.toContain('geheim')
  })

  it('that does not apply may be what it likes', async () => {
    await read({}, { https_proxy: 'socks5://proxy', NO_PROXY: 'example.com' })
    await read({}, { http_proxy: 'socks5://proxy' })
  })
})

it('durations are handed on in milliseconds', async () => {
  expect(await read({ connectTimeout: '1.5', headersTimeout: '0', idleTimeout: '60' })).toMatchObject({
    connectTimeout: 1500,
    headersTimeout: 0,
    idleTimeout: 60_000,
  })
  expect(await refusalOf(() => read({ connectTimeout: '0' }))).toContain('--connect-timeout was given "0"')
})
