import { describe, expect, it } from 'vitest'
import { bridgeSettings } from './bridge-settings.js'
import { optionTable } from './option-table.js'

/** Something that each option refuses: a new option is not complete without. */
const refused: Readonly<Record<keyof typeof optionTable, string>> = {
  url: 'nonsense',
  headers: 'no colon',
  headerFile: '/missing/headers',
  signInTimeout: '0',
  scope: 'two  spaces',
  clientInfo: '{',
  clientMetadata: '[]',
  clientMetadataUrl: 'http://example.com/client.json',
  clientKey: '/missing/key.pem',
  resource: 'nonsense',
  authorizeParams: 'nameless',
  callbackPort: '0',
  callbackHost: 'example.com',
  callbackPath: 'callback',
  browser: 'maybe',
  deviceCode: 'maybe',
  clientCredentials: 'maybe',
  useIdToken: 'maybe',
  transport: 'carrier-pigeon',
  startupTimeout: 'soon',
  allowHttp: 'maybe',
  ca: '/missing/ca.pem',
  cert: '/missing/cert.pem',
  key: '/missing/key.pem',
  keyPassphrase: '@/missing/passphrase',
  connectTimeout: '0',
  headersTimeout: '-1',
  idleTimeout: '1e9',
  keepAlive: '-1',
  replay: 'always',
  recoveryTimeout: '0',
  outageBudget: '-1',
  dialects: 'nosuch',
  announceListChanges: 'maybe',
  logLevel: 'loud',
  logFormat: 'xml',
  logFile: '\0',
  verbose: 'maybe',
}

async function complaint(url: string | undefined, options: object, environment: Record<string, string> = {}) {
  const error: unknown = await bridgeSettings({ url, options: { ...options } }, environment, '/').then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ name: 'UsageError' })
  const { message, exitCode } = error as Error & { exitCode: number }
  expect(message).not.toMatch(/[\r\n]/)
  expect([2, 6]).toContain(exitCode)
  return message
}

describe.each(Object.entries(refused))('the option %s does not take %j', (key, text) => {
  const { flag, variable } = optionTable[key as keyof typeof optionTable]

  it('from the environment, and says which variable it was', async () => {
    const url = key === 'url' ? undefined : 'https://example.com/mcp'
    expect((await complaint(url, {}, { [variable]: text })).startsWith(variable)).toBe(true)
  })

  it.skipIf(key === 'url')('from the command line, and says which flag it was', async () => {
    const name = flag.slice(2).replace(/-./g, (match) => match.charAt(1).toUpperCase())
    const option = optionTable[key as keyof typeof optionTable] as { readonly repeatable?: boolean }
    const message = await complaint('https://example.com/mcp', { [name]: option.repeatable ? [text] : text })
    expect(message.startsWith(flag)).toBe(true)
  })
})
