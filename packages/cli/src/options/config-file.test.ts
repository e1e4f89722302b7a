import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../testing/cli-process.fixture.js'
import { bridgeSettings } from './bridge-settings.js'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mcp-tether-'))
})
afterAll(() => rm(directory, { recursive: true }))

async function settings(content: unknown, options: Record<string, unknown> = {}, environment = {}) {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  await writeFile(join(directory, 'tether.json'), text)
  return bridgeSettings({ url: undefined, options: { config: 'tether.json', ...options } }, environment, directory)
}

describe('a configuration file', () => {
  it('gives what neither the command line nor the environment gives', async () => {
    const content = {
      $schema: './config.schema.json',
      url: 'https://example.com/mcp',
      headers: { Authorization: 'Bearer ${TOKEN}', 'X-A': '1' },
      replay: 'hinted',
      outageBudget: 5,
      recoveryTimeout: 7.5,
      dialects: { sessionGoneAs410: false },
      verbose: true,
    }
    const environment = { TOKEN: 't1', MCP_TETHER_OUTAGE_BUDGET: '6', MCP_TETHER_REPLAY: 'never' }
    const { headers, ...rest } = await settings(content, { outageBudget: '0', verbose: false }, environment)
    expect([...(headers ?? [])]).toEqual([
      ['authorization', 'Bearer t1'],
      ['x-a', '1'],
    ])
    expect(rest).toEqual({
      url: new URL('https://example.com/mcp'),
      replay: 'never',
      outageBudget: 0,
      recoveryTimeout: 7500,
      dialects: { sessionGoneAs410: false },
      verbose: false,
    })
  })

  it('is not asked for what comes first elsewhere, even if that is wrong in it', async () => {
    const { replay } = await settings({ url: 'http://h/', replay: 'always' }, { replay: 'never' })
    expect(replay).toBe('never')
  })

  const cut = '{\n  "url": "http://h/",\n  "headers": { "Authorization": "Bearer geheim" }\n  "replay": "never"\n}\n'

  it.each([
    ['', 'tether.json is no valid JSON, line 1, column 1: value expected'],
    ['{"url": "http://h/"', 'tether.json is no valid JSON, line 1, column 20: close brace expected'],
    [cut, 'tether.json is no valid JSON, line 4, column 3: comma expected'],
    [cut.replaceAll('\n', '\r\n'), 'tether.json is no valid JSON, line 4, column 3: comma expected'],
    ['{ "replay": "never", }', 'tether.json is no valid JSON, line 1, column 22: property name expected'],
    ['// geheim\n{}', 'tether.json is no valid JSON, line 1, column 1: invalid comment token'],
    ["{ 'url': 1 }", 'tether.json is no valid JSON, line 1, column 3: invalid symbol'],
    ['[', 'tether.json is no valid JSON, line 1, column 2: '],
    ['[]', 'tether.json holds no JSON object; expected one like { "url": "https://example.com/mcp" }'],
    ['"geheim"', 'tether.json holds no JSON object'],
    ['null', 'tether.json holds no JSON object'],
    [{ replya: 'never' }, 'tether.json has the unknown key "replya"; did you mean "replay"?'],
    [{ 'recovery-timeout': 5 }, 'the unknown key "recovery-timeout"; did you mean "recoveryTimeout"?'],
    [{ MCP: 1 }, 'the unknown key "MCP"; expected some of url, headers, '],
    ['{"__proto__": 1}', 'the unknown key "__proto__"; expected some of url, '],
    [{ toString: 1 }, 'the unknown key "toString"; expected some of '],
    [{ url: 7 }, 'url in tether.json is a number; expected a text'],
    [{ url: 'nonsense' }, 'url in tether.json: "nonsense" is not a URL'],
    [{ headers: ['X: geheim'] }, 'headers in tether.json is a list; expected an object like { "X-Name": "value" }'],
    [{ headers: { 'X-A': 7 } }, 'headers in tether.json, X-A is a number; expected a text'],
    [{ headers: { 'X A': 'geheim' } }, 'headers in tether.json was given the name "X A"'],
    [{ headers: { 'X-A': 'geheim\ngeheim' } }, 'headers in tether.json, X-A was given a value with a line break'],
    [{ headers: { 'X-A': '${NOBODY_HAS_SET_THIS}' } }, 'the variable NOBODY_HAS_SET_THIS, which is not set'],
    [{ headers: { Host: 'geheim' } }, 'Host, which the bridge sets itself'],
    [{ recoveryTimeout: 0 }, 'recoveryTimeout in tether.json was given "0"; expected seconds, more than 0 and at'],
    [{ recoveryTimeout: '30' }, 'recoveryTimeout in tether.json is a string; expected a number of seconds'],
    [{ outageBudget: -1 }, 'outageBudget in tether.json was given "-1"; expected seconds, 0 or more'],
    [{ idleTimeout: 90_000 }, 'idleTimeout in tether.json was given "90000"; expected seconds, 0 or more and at most'],
    [{ replay: 'always' }, 'replay in tether.json was given "always"; expected one of on-rejection, hinted, never'],
    [{ announceListChanges: true }, 'announceListChanges in tether.json was given true; expected one of declared, '],
    [
      { dialects: { sessionGoneAs410: 'no' } },
      'dialects in tether.json, sessionGoneAs410 is a string; expected true or',
    ],
    [{ verbose: 1 }, 'verbose in tether.json is a number; expected true or false'],
  ])('is refused, with the code for it: %j', async (content, expected) => {
    const error: unknown = await settings(content).catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      name: 'UsageError',
      exitCode: 3,
      message: expect.stringContaining(expected) as string,
    })
    expect((error as Error).message).not.toMatch(/geheim|[\r\n]/)
  })

  it('may be named by a variable, and then the message names that', async () => {
    await expect(
      bridgeSettings({ url: undefined, options: {} }, { MCP_TETHER_CONFIG: 'missing.json' }, directory),
    ).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/^MCP_TETHER_CONFIG: .* does not exist$/) as string,
    })
  })

  it('ends the command with one line and code 3', async () => {
    await writeFile(join(directory, 'wrong.json'), '{ "outageBudget": "geheim" }')
    for (const [path, expected] of [
      [join(directory, 'wrong.json'), 'outageBudget in wrong.json is a string; expected a number of seconds'],
      [directory, 'is a directory; expected a file'],
      [join(directory, 'missing.json'), 'does not exist'],
    ] as const) {
      const { code, stdout, stderr } = await runCli(['http://127.0.0.1:9/', '--config', path])
      expect([code, stdout]).toEqual([3, ''])
      expect(stderr).toMatch(/^mcp-tether: [^\n]+$/)
      expect(stderr).toContain(expected)
    }
  })
})
