import { describe, expect, it } from 'vitest'
import { bridgeSettings } from './bridge-options.js'
import { parseHeaders } from './parse-header.js'
import { parseSeconds } from './parse-seconds.js'
import { parseServerUrl } from './parse-url.js'
import { UsageError } from './usage-error.js'

function complaint(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    const { message } = error as Error
    expect(message).not.toMatch(/[\r\n]/)
    return message
  }
  throw new Error('nothing was refused')
}

describe('parseServerUrl', () => {
  it.each(['http://localhost:3000/mcp', 'https://example.com/mcp?key=1', 'http://[::1]:3000/'])('takes %s', (given) => {
    expect(parseServerUrl(given).href).toBe(given)
  })

  it.each([
    [undefined, 'no URL was given'],
    [' ', 'no URL was given'],
    ['not a url', '"not a url" is not a URL'],
    ['localhost:3000/mcp', 'Did you mean http://localhost:3000/mcp?'],
    ['example.com/mcp', 'Did you mean http://example.com/mcp?'],
    ['ftp://example.com/', '"ftp://example.com/" is a ftp: address; expected http: or https:'],
    ['file:///etc/passwd', 'is a file: address'],
    ['http://', '"http://" is not a URL'],
  ])('refuses %s', (given, expected) => {
    expect(complaint(() => parseServerUrl(given))).toContain(expected)
  })

  it('does not repeat a key in the path', () => {
    expect(complaint(() => parseServerUrl('ftp://h/s/OGE5ZmY0NzAtZjE2Ny00ZmQ2/mcp'))).not.toContain('OGE5')
  })

  it('refuses credentials, and repeats neither them nor a query', () => {
    const message = complaint(() => parseServerUrl('https://me:geheim@example.com/mcp'))
    expect(message).toContain('--header')
    expect(message).not.toContain('geheim')
    expect(complaint(() => parseServerUrl('ftp://me:geheim@example.com/?key=k3y'))).not.toMatch(/geheim|k3y/)
  })
})

describe('parseHeaders', () => {
  it('reads names and values, and variables in values', () => {
    const headers = parseHeaders(['Authorization: Bearer ${TOKEN}', 'X-Time:  12:30 ', 'x-two: a', 'X-Two: b'], {
      TOKEN: 't1',
    })
    expect([...headers]).toEqual([
      ['authorization', 'Bearer t1'],
      ['x-time', '12:30'],
      ['x-two', 'a, b'],
    ])
  })

  it('needs no space, which some hosts would break the argument at', () => {
    const headers = parseHeaders(['Authorization:${AUTH_HEADER}'], { AUTH_HEADER: 'Bearer t1' })
    expect(headers.get('authorization')).toBe('Bearer t1')
  })

  it.each([
    ['sk-live-verysecret', 'without a colon (they begin with "sk-l")'],
    [': value', 'was given the name ""'],
    ['bad name: geheim', 'was given the name "bad name"'],
    ['X: ${MISSING}', 'was given the variable MISSING, which is not set'],
    ['X: ${EMPTY}', 'was given the variable EMPTY, which is empty'],
    ['X: ${LINES}', 'a line break'],
    ['X: geheim€', "a character that HTTP headers can't hold"],
    ['Mcp-Session-Id: geheim', 'Mcp-Session-Id, which the bridge sets itself'],
    ['mcp-protocol-version: 1', 'which the bridge sets itself'],
    ['Content-Length: 3', 'which the bridge sets itself'],
    ['HOST: geheim', 'HOST, which the bridge sets itself'],
  ])('refuses %s without repeating its value', (given, expected) => {
    const message = complaint(() => parseHeaders([given], { EMPTY: '', LINES: 'geheim\ngeheim' }))
    expect(message).toContain(expected)
    expect(message).not.toMatch(/geheim|verysecret/)
  })
})

describe('parseSeconds', () => {
  it('reads seconds', () => {
    expect([parseSeconds('--x', '30', 'more than 0'), parseSeconds('--x', '0.5', 'more than 0')]).toEqual([30_000, 500])
    expect(parseSeconds('--x', '0', '0 or more')).toBe(0)
  })

  it.each(['0', '-1', 'x', '', '1e3', '3601', 'Infinity'])('refuses %j', (given) => {
    expect(complaint(() => parseSeconds('--x', given, 'more than 0'))).toContain(
      `--x was given "${given}"; expected seconds`,
    )
  })
})

describe('the options of the engine', () => {
  const engine = (given: Parameters<typeof bridgeSettings>[1]): unknown => bridgeSettings('http://h/', given, {}).engine

  it('are handed on in milliseconds, and left to the engine where nothing is given', () => {
    expect(engine({})).toEqual({})
    expect(engine({ recoveryTimeout: '5', outageBudget: '0', replay: 'hinted' })).toEqual({
      recoveryTimeout: 5000,
      outageBudget: 0,
      replay: 'hinted',
    })
  })

  it('are refused when they mean nothing', () => {
    expect(complaint(() => engine({ outageBudget: '-1' }))).toContain(
      '--outage-budget was given "-1"; expected seconds, 0 or more and at most 3600, like 30',
    )
    expect(complaint(() => engine({ replay: 'always' }))).toContain(
      '--replay was given "always"; expected one of on-rejection, hinted, never',
    )
  })
})
