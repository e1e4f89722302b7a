import { describe, expect, it } from 'vitest'
import { Command } from 'commander'
import { UsageError } from '../command/usage-error.js'
import { addOptions, givenTexts } from './add-options.js'
import { bridgeSettings } from './bridge-settings.js'
import { secondsOption } from './kinds/seconds-option.js'
import type { OptionInput } from './option.js'
import { optionTable } from './option-table.js'
import { parseServerUrl as parseUrl } from './parse-url.js'

function at(name: string, environment: Record<string, string> = {}): OptionInput {
  return { name, environment, directory: '/' }
}

function parseServerUrl(given: string): URL {
  return parseUrl(given, at('<url>'))
}

function parseHeaders(given: readonly string[], environment: Record<string, string>): Headers {
  return optionTable.headers.fromText(given, at('--header', environment))
}

function messageOf(error: unknown): string {
  expect(error).toBeInstanceOf(UsageError)
  const { message } = error as Error
  expect(message).not.toMatch(/[\r\n]/)
  return message
}

function complaint(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return messageOf(error)
  }
  throw new Error('nothing was refused')
}

async function refusal(work: Promise<unknown>): Promise<string> {
  return messageOf(
    await work.then(
      () => undefined,
      (error: unknown) => error,
    ),
  )
}

describe('parseServerUrl', () => {
  it.each(['http://localhost:3000/mcp', 'https://example.com/mcp?key=1', 'http://[::1]:3000/'])('takes %s', (given) => {
    expect(parseServerUrl(given).href).toBe(given)
  })

  it.each([
    [' ', 'no URL was given'],
    ['not a url', '"not a url" is not a URL'],
    ['localhost:3000/mcp', 'Did you mean http://localhost:3000/mcp?'],
    ['example.com/mcp', 'Did you mean https://example.com/mcp?'],
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

describe('a duration', () => {
  const option = secondsOption({
    flag: '--x',
    variable: 'MCP_TETHER_X',
    group: 'Recovery',
    help: 'x',
    least: 'more than 0',
  })

  it('is read in seconds', () => {
    expect([option.fromText(['30'], at('--x')), option.fromText(['0.5'], at('--x'))]).toEqual([30_000, 500])
    expect([option.fromFile(30, at('x')), option.fromFile(0.5, at('x'))]).toEqual([30_000, 500])
  })

  it.each(['0', '-1', 'x', '', '1e3', '3601', 'Infinity'])('is not %j', (given) => {
    expect(complaint(() => option.fromText([given], at('--x')))).toContain(
      `--x was given "${given}"; expected seconds, more than 0 and at most 3600, like 30`,
    )
  })

  it.each([0, -1, 3601, Number.NaN])('is not %d in the file', (given) => {
    expect(complaint(() => option.fromFile(given, at('x in f')))).toContain(`x in f was given "${given}"`)
  })

  it.each([
    ['30', 'a string'],
    [true, 'true'],
    [null, 'null'],
    [[30], 'a list'],
    [{}, 'an object'],
  ])('is not %j in the file', (given, shown) => {
    expect(complaint(() => option.fromFile(given, at('x in f')))).toContain(`x in f is ${shown}; expected a number of`)
  })
})

describe('dialects', () => {
  const read = (given: string) => optionTable.dialects.fromText([given], at('--dialects'))
  const believed = (given: string): string[] =>
    Object.entries(read(given))
      .filter(([, value]) => value)
      .map(([name]) => name)

  it('are all, none, some, or all but some', () => {
    expect(believed('all')).toHaveLength(12)
    expect(believed('none')).toEqual([])
    expect(believed('sessionGoneAs410, errorTextInOk')).toEqual(['sessionGoneAs410', 'errorTextInOk'])
    expect(believed('all,-sessionGoneAs410')).toEqual(believed('all').filter((name) => name !== 'sessionGoneAs410'))
    expect(believed('-sessionGoneAs410')).toEqual(believed('all,-sessionGoneAs410'))
  })

  it('are an object in the file', () => {
    const given = { sessionGoneAs410: false }
    expect(optionTable.dialects.fromFile(given, at('dialects in f'))).toEqual(given)
  })

  it.each(['', ' , ', 'All', 'sessionGone', 'all,none', '--all'])('are not %j', (given) => {
    expect(complaint(() => read(given))).toMatch(/^--dialects was given .*; expected all, none, /)
  })

  it.each([
    ['all', 'dialects in f is a string; expected an object like'],
    [{ sessionGone: false }, 'dialects in f was given the dialect "sessionGone"'],
    [{ sessionGoneAs410: 0 }, 'dialects in f, sessionGoneAs410 is a number; expected true or false'],
    [{ toString: false }, 'dialects in f was given the dialect "toString"'],
  ])('are not %j in the file', (given, expected) => {
    expect(complaint(() => optionTable.dialects.fromFile(given, at('dialects in f')))).toContain(expected)
  })
})

describe('where an option is given', () => {
  const settings = (options: Record<string, unknown>, environment: Record<string, string> = {}) =>
    bridgeSettings({ url: 'http://h/', options }, environment, '/')

  it('nowhere: it is left to the default', async () => {
    expect(await settings({})).toEqual({ url: new URL('http://h/') })
  })

  it('the command line comes before the environment', async () => {
    const environment = { MCP_TETHER_OUTAGE_BUDGET: '7', MCP_TETHER_REPLAY: 'never', MCP_TETHER_URL: 'http://other/' }
    expect(await settings({ outageBudget: '0', recoveryTimeout: '5' }, environment)).toEqual({
      url: new URL('http://h/'),
      recoveryTimeout: 5000,
      outageBudget: 0,
      replay: 'never',
    })
    expect((await bridgeSettings({ url: undefined, options: {} }, environment, '/')).url.href).toBe('http://other/')
  })

  it('in an empty variable: nowhere', async () => {
    expect(await settings({}, { MCP_TETHER_REPLAY: '', MCP_TETHER_VERBOSE: ' ' })).toEqual({
      url: new URL('http://h/'),
    })
  })

  it('as a line of a variable, when it may be repeated', async () => {
    const { headers } = await settings({}, { MCP_TETHER_HEADERS: 'X-A: 1\r\n\nX-B: ${B}\n', B: '2' })
    expect([...(headers ?? [])]).toEqual([
      ['x-a', '1'],
      ['x-b', '2'],
    ])
  })

  it('is named in the complaint', async () => {
    expect(await refusal(settings({ outageBudget: '-1' }))).toContain(
      '--outage-budget was given "-1"; expected seconds, 0 or more and at most 3600, like 30',
    )
    expect(await refusal(settings({}, { MCP_TETHER_REPLAY: 'always' }))).toBe(
      'MCP_TETHER_REPLAY was given "always"; expected one of on-rejection, hinted, never',
    )
    expect(await refusal(settings({}, { MCP_TETHER_VERBOSE: 'maybe' }))).toBe(
      'MCP_TETHER_VERBOSE was given "maybe"; expected 1, true, 0 or false',
    )
    expect(
      await refusal(bridgeSettings({ url: undefined, options: {} }, { MCP_TETHER_URL: 'ftp://h/' }, '/')),
    ).toContain('MCP_TETHER_URL: "ftp://h/" is a ftp: address')
    expect(await refusal(bridgeSettings({ url: undefined, options: {} }, {}, '/'))).toContain('no URL was given')
  })
})

describe('the table', () => {
  const rows = Object.entries(optionTable)

  it.each(rows)('%s has names that are its own and follow from one another', (_key, { flag, variable }) => {
    expect(rows.filter(([, other]) => other.flag === flag || other.variable === variable)).toHaveLength(1)
    const words = flag
      .replace(/^--|[<>]/g, '')
      .replaceAll('-', '_')
      .toUpperCase()
    expect([`MCP_TETHER_${words}`, `MCP_TETHER_${words}S`]).toContain(variable)
  })

  it.each(rows)('%s has a flag that arrives', (key, option) => {
    if (!option.flag.startsWith('--')) return
    const { flag, placeholder } = option
    const command = addOptions(new Command('x').exitOverride(), optionTable)
    command.parse(placeholder === undefined ? [flag] : [flag, 'given'], { from: 'user' })
    const texts = givenTexts(optionTable, command.opts())
    expect(Object.entries(texts).filter(([, text]) => text !== undefined)).toEqual([
      [key, [placeholder === undefined ? 'true' : 'given']],
    ])
  })

  it.each(rows)('%s refuses a file that holds null', (_key, option) => {
    expect(complaint(() => option.fromFile(null, at('key in f')))).toMatch(/^key in f (is|was given) null; expected /)
  })

  it('a switch can be switched off', () => {
    const command = addOptions(new Command('x').exitOverride(), optionTable)
    command.parse(['--no-verbose'], { from: 'user' })
    expect(givenTexts(optionTable, command.opts()).verbose).toEqual(['false'])
  })
})
