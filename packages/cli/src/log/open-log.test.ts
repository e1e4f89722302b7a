import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { unprivileged } from '../testing/unprivileged.fixture.js'
import type { Log } from './log.js'
import { type LogSettings, openLog } from './open-log.js'
import { wantsColor } from './wants-color.js'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mcp-tether-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

async function open(settings: LogSettings, environment: Record<string, string> = {}) {
  const stderr = new PassThrough()
  const log = await openLog(settings, { stderr, environment, more: [] })
  return {
    log,
    lines: () =>
      String(stderr.read() ?? '')
        .split('\n')
        .slice(0, -1),
  }
}

function sayAll(log: Log): void {
  log.detail('detail', { event: { type: 'session-lost', status: 404 } })
  log.info('info')
  log.warn('warning')
}

describe('what is shown on stderr', () => {
  it.each([
    [{}, ['mcp-tether: info', 'mcp-tether: warning']],
    [{ logLevel: 'info' }, ['mcp-tether: info', 'mcp-tether: warning']],
    [{ logLevel: 'warn' }, ['mcp-tether: warning']],
    [{ logLevel: 'silent' }, []],
    [{ verbose: true, logLevel: 'silent' }, ['detail', 'info', 'warning']],
    [{ logLevel: 'debug' }, ['detail', 'info', 'warning']],
  ] as const)('with %j', async (settings, expected) => {
    const { log, lines } = await open(settings)
    sayAll(log)
    expect(log.verbose).toBe(expected.length === 3)
    expect(lines().map((line) => line.replace(/^\d\d:\d\d:\d\d\.\d{3} /, ''))).toEqual(expected)
  })

  it('is one JSON object a line when asked, with the data of a line', async () => {
    const { log, lines } = await open({ logFormat: 'json', logLevel: 'debug' }, { FORCE_COLOR: '1' })
    sayAll(log)
    log.info('with "quotes" and \u001b')
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/) as unknown
    const common = { time, pid: process.pid, name: 'mcp-tether' }
    expect(lines().map((line) => JSON.parse(line) as unknown)).toEqual([
      { ...common, level: 'debug', msg: 'detail', event: { type: 'session-lost', status: 404 } },
      { ...common, level: 'info', msg: 'info' },
      { ...common, level: 'warn', msg: 'warning' },
      { ...common, level: 'info', msg: 'with "quotes" and \u001b' },
    ])
  })

  it('in JSON keeps to the level too', async () => {
    const { log, lines } = await open({ logFormat: 'json', logLevel: 'silent' })
    sayAll(log)
    expect(lines()).toEqual([])
  })
})

describe('colours', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1', TERM: 'dumb' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: 'false' }, true, false],
    [{ FORCE_COLOR: '' }, true, true],
  ])('%j on a terminal (%s): %s', (environment, isTerminal, expected) => {
    expect(wantsColor(environment, isTerminal)).toBe(expected)
  })

  it('are not there by default, where nobody looks', async () => {
    const plain = await open({})
    plain.log.warn('warning')
    const forced = await open({}, { FORCE_COLOR: '1' })
    forced.log.warn('warning')
    expect([...plain.lines(), ...forced.lines()]).toEqual([
      'mcp-tether: warning',
      'mcp-tether: \u001b[33mwarning\u001b[39m',
    ])
  })
})

describe('the log file', () => {
  const content = async (name: string): Promise<string[]> =>
    (await readFile(join(directory, name), 'utf8')).split('\n').slice(0, -1)

  it('is made for its owner only, and has each line at once', async () => {
    const path = join(directory, 'new.log')
    const { log, lines } = await open({ logFile: path, logLevel: 'debug' }, { FORCE_COLOR: '1' })
    sayAll(log)
    expect(await content('new.log')).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z \d+ debug detail$/),
      expect.stringMatching(/Z \d+ info {2}info$/),
      expect.stringMatching(/Z \d+ warn {2}warning$/),
    ])
    expect(lines()).toHaveLength(3)
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('is written to its end', async () => {
    await writeFile(join(directory, 'old.log'), 'before\n')
    const [first, second] = [
      await open({ logFile: join(directory, 'old.log') }),
      await open({ logFile: join(directory, 'old.log'), logFormat: 'json' }),
    ]
    first.log.info('one')
    second.log.info('two')
    const lines = await content('old.log')
    expect([lines[0], lines[1]?.endsWith(' one'), (JSON.parse(lines[2] ?? '') as { msg: string }).msg]).toEqual([
      'before',
      true,
      'two',
    ])
  })

  const complaint = async (name: string): Promise<string> => {
    const error: unknown = await open({ logFile: join(directory, name) }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'UsageError', exitCode: 6 })
    return (error as Error).message.replace(directory, '')
  }

  it('is no directory, and not in one that is missing', async () => {
    await writeFile(join(directory, 'file'), '')
    await mkdir(join(directory, 'directory'))
    expect(await complaint('directory')).toBe('--log-file: "/directory" is a directory; expected a file')
    expect(await complaint('no/a.log')).toBe('--log-file: "/no/a.log" is in a directory that does not exist')
    expect(await complaint('file/a.log')).toMatch(
      /is in a directory that does not exist: a part of its path is a file$/,
    )
  })

  it.skipIf(process.platform === 'win32')('is no pipe that nobody reads', async () => {
    execFileSync('mkfifo', [join(directory, 'pipe')])
    expect(await complaint('pipe')).toBe('--log-file: "/pipe" is no ordinary file')
  })

  it.skipIf(process.platform === 'win32')('may be written', async () => {
    await mkdir(join(directory, 'locked'))
    await chmod(join(directory, 'locked'), 0o555)
    await chmod(directory, 0o755)
    // What is loaded on demand is loaded before.
    const { openLogFile } = await import('./log-file.js')
    expect(() => unprivileged(() => openLogFile(join(directory, 'locked/a.log'), () => undefined))).toThrow(
      /can't be written: permission denied$/,
    )
  })

  it.skipIf(process.platform !== 'linux')('that is full is reported once, and the bridge goes on', async () => {
    const { log, lines } = await open({ logFile: '/dev/full' })
    log.info('one')
    log.info('two')
    expect(lines()).toEqual([
      'mcp-tether: one',
      'mcp-tether: the log file "/dev/full" can\'t be written: no space left; it lacks lines from now on',
      'mcp-tether: two',
    ])
  })
})
