import { PassThrough } from 'node:stream'
import type { SessionEvent } from '@mcp-tether/client'
import { describe, expect, it } from 'vitest'
import { displayUrl } from './display-url.js'
import { eventLine } from './event-lines.js'
import { createLog } from './log.js'
import { createTextSink } from './text-sink.js'
import { printable } from './printable.js'
import { createRecoverySummary } from './recovery-summary.js'
import { withWireLog } from './wire-log.js'

function createTestLog(verbose: boolean, colors = false) {
  const output = new PassThrough()
  const now = (): Date => new Date(2026, 0, 2, 3, 4, 5, 6)
  const log = createLog([createTextSink({ output, threshold: verbose ? 'debug' : 'info', colors, now })])
  return { log, output, text: () => String(output.read() ?? '') }
}

describe('a log', () => {
  it('is quiet unless asked', () => {
    const { log, text } = createTestLog(false)
    log.detail('detail')
    log.info('info')
    log.warn('warning')
    expect(text()).toBe('mcp-tether: info\nmcp-tether: warning\n')
  })

  it('tells the time when verbose', () => {
    const { log, text } = createTestLog(true)
    log.detail('detail')
    expect(text()).toBe('03:04:05.006 detail\n')
  })

  it('has colours only where it is told', () => {
    const { log, text } = createTestLog(false, true)
    log.warn('warning')
    expect(text()).toContain('\u001b[33m')
  })

  it('holds no more than a megabyte for a reader that does not read', () => {
    const { log, output } = createTestLog(false)
    for (let count = 0; count < 100; count++) log.info('x'.repeat(64 * 1024))
    expect(output.writableLength + output.readableLength).toBeLessThan(2 * 1024 * 1024)
  })
})

describe('the wire log', () => {
  it('names exchanges, and never a body, a header or a session id', async () => {
    const { log, text } = createTestLog(true)
    const fetch = withWireLog(log)((_url, init) =>
      init?.method === 'DELETE'
        ? Promise.reject(
            new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) }),
          )
        : Promise.resolve(new Response('{}', { status: 404 })),
    )
    const headers = { 'mcp-session-id': 'session-geheim', authorization: 'Bearer geheim' }
    const body = '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"secret":"geheim"}}'
    await fetch('http://h/', { method: 'POST', headers, body })
    await fetch('http://h/', { method: 'POST', body: '{"jsonrpc":"2.0","id":1,"result":{}}' })
    await fetch('http://h/', { method: 'POST', body: '[{}, {}]' })
    await fetch('http://h/', { method: 'GET' })
    await expect(fetch('http://h/', { method: 'DELETE' })).rejects.toThrow()
    const lines = text()
      .replace(/\d+ ms/g, 'N ms')
      .split('\n')
    expect(lines.map((line) => line.slice('03:04:05.006 '.length))).toEqual([
      expect.stringMatching(/^→ POST tools\/call #3 \(session [0-9a-f]{8}\)$/),
      '← 404 tools/call #3 in N ms',
      '→ POST answer #1',
      '← 404 answer #1 in N ms',
      '→ POST batch of 2',
      '← 404 batch of 2 in N ms',
      '→ GET',
      '← 404 GET in N ms',
      '→ DELETE',
      '← ECONNRESET DELETE after N ms',
      '',
    ])
    expect(lines.join('')).not.toContain('geheim')
  })

  it('is made from the moment that somebody is shown it', async () => {
    const lines: string[] = []
    let shown = false
    const log = createLog([{ shows: () => shown, write: ({ text }) => lines.push(text) }])
    const fetch = withWireLog(log)(() => Promise.resolve(new Response()))
    await fetch('http://h/')
    expect(lines).toEqual([])
    shown = true
    await fetch('http://h/')
    expect(lines).toEqual(['→ GET', expect.stringMatching(/^← 200 GET in \d+ ms$/)])
  })
})

const of = { session: 'abcd', epoch: 1 }

describe('the recovery summary', () => {
  it('says a loss in one line, with the calls that were sent again', () => {
    const { log, text } = createTestLog(false)
    const { onEvent, flush } = createRecoverySummary(log)
    onEvent({ type: 'session-lost', ...of, rule: 'S1', status: 404 })
    onEvent({ type: 'recovery-started', ...of })
    onEvent({ type: 'recovery-succeeded', ...of, epoch: 2, durationMs: 84.4, protocolVersion: 'x', stateless: false })
    onEvent({ type: 'request-replayed', ...of, epoch: 2, method: 'tools/call' })
    flush()
    expect(text()).toBe('mcp-tether: session lost (404) → recovered in 84 ms, 1 call replayed\n')
  })

  it('says what the server is now, when it came back as another', () => {
    const { log, text } = createTestLog(false)
    const { onEvent } = createRecoverySummary(log)
    const server = { name: 'example', version: '2' }
    const previousServer = { name: 'example', version: '1\u001b[31m' }
    onEvent({ type: 'server-changed', ...of, changed: ['serverInfo', 'instructions'], server, previousServer })
    onEvent({ type: 'server-changed', ...of, changed: ['capabilities'], server, previousServer: server })
    expect(text()).toBe(
      'mcp-tether: the server came back as another: example 1 [31m → example 2 (serverInfo, instructions)\n' +
        'mcp-tether: the server came back as another: example 2 (capabilities)\n',
    )
  })

  it('says why there was no recovery', () => {
    const { log, text } = createTestLog(false)
    const { onEvent } = createRecoverySummary(log)
    onEvent({ type: 'session-lost', ...of, rule: 'upstream-id-reused' })
    onEvent({ type: 'recovery-failed', ...of, durationMs: 12, step: 'initialize', reason: '500\u001b[31m' })
    onEvent({ type: 'not-recoverable', session: 'abcd', reason: 'no-transcript' })
    onEvent({ type: 'recovery-suspended', ...of, retryAfterMs: 4_001 })
    expect(text()).toBe(
      'mcp-tether: session lost → not recovered, initialize failed after 12 ms: 500 [31m\n' +
        "mcp-tether: session lost → can't be recovered (no-transcript)\n" +
        'mcp-tether: session lost → not recovered, recoveries keep failing: none is tried for 5 s\n',
    )
  })

  it('says once why the recoveries of one outage fail, and again after one that went well', () => {
    const { log, text } = createTestLog(false)
    const { onEvent, flush } = createRecoverySummary(log)
    const fail = (reason: string): void => {
      onEvent({ type: 'session-lost', ...of, rule: 'S1', status: 404 })
      onEvent({ type: 'recovery-failed', ...of, durationMs: 3, step: 'initialize', reason })
    }
    for (const reason of ['ECONNREFUSED', 'ECONNREFUSED', '503', '503']) fail(reason)
    onEvent({ type: 'recovery-succeeded', ...of, epoch: 2, durationMs: 84.4, protocolVersion: 'x', stateless: false })
    flush()
    fail('503')
    const failed = 'mcp-tether: session lost (404) → not recovered, initialize failed after 3 ms:'
    expect(text()).toBe(
      `${failed} ECONNREFUSED\n${failed} 503\nmcp-tether: session lost → recovered in 84 ms\n${failed} 503\n`,
    )
  })
})

it('every event has its line', () => {
  const events: SessionEvent[] = [
    { type: 'session-bound', ...of },
    { type: 'session-lost', ...of, rule: 'S1', status: 404 },
    { type: 'recovery-started', ...of },
    { type: 'recovery-step', ...of, step: 'initialize', durationMs: 2.4 },
    { type: 'recovery-suspended', ...of, retryAfterMs: 5_000 },
    {
      type: 'recovery-succeeded',
      ...of,
      durationMs: 3.4,
      protocolVersion: '2025-06-18',
      previousProtocolVersion: '2025-11-25',
      stateless: true,
    },
    { type: 'recovery-failed', ...of, durationMs: 5, step: 'replay', reason: 'refused' },
    { type: 'restore-failed', ...of, method: 'logging/setLevel', reason: '-32601: no' },
    { type: 'restore-failed', ...of, method: 'resources/subscribe', uri: 'test://a', reason: 'HTTP 500' },
    {
      type: 'server-changed',
      ...of,
      changed: ['serverInfo', 'instructions'],
      server: { name: 'server', version: '2' },
      previousServer: { name: 'server', version: '1' },
    },
    { type: 'list-changed', ...of, list: 'tools', announced: true },
    { type: 'list-changed', ...of, list: 'prompts', announced: false },
    { type: 'list-comparison-failed', ...of, list: 'resources', reason: 'HTTP 503' },
    { type: 'request-replayed', ...of, method: 'tools/call' },
    { type: 'not-recoverable', session: 'abcd', reason: 'signed-request' },
    { type: 'session-closed', ...of },
  ]
  expect(events.map(eventLine)).toEqual([
    '· session-bound (session abcd, epoch 1)',
    '· session-lost (session abcd, epoch 1): S1, status 404',
    '· recovery-started (session abcd, epoch 1)',
    '· recovery-step (session abcd, epoch 1): initialize took 2 ms',
    '· recovery-suspended (session abcd, epoch 1): none for 5 s',
    '· recovery-succeeded (session abcd, epoch 1): in 3 ms, protocol 2025-06-18 (was 2025-11-25), stateless now',
    '· recovery-failed (session abcd, epoch 1): at replay after 5 ms: refused',
    '· restore-failed (session abcd, epoch 1): logging/setLevel: -32601: no',
    '· restore-failed (session abcd, epoch 1): resources/subscribe test://a: HTTP 500',
    '· server-changed (session abcd, epoch 1): serverInfo, instructions (server 2)',
    '· list-changed (session abcd, epoch 1): tools',
    '· list-changed (session abcd, epoch 1): prompts, not announced',
    '· list-comparison-failed (session abcd, epoch 1): resources: HTTP 503',
    '· request-replayed (session abcd, epoch 1): tools/call',
    '· not-recoverable (session abcd): signed-request',
    '· session-closed (session abcd, epoch 1)',
  ])
})

it('text of others is made harmless', () => {
  expect(printable('a\u001b[31mb\r\nc\u009bd\u2028e')).toBe('a [31mb c d e')
  expect(printable('x'.repeat(300))).toHaveLength(201)
  expect(displayUrl(new URL('https://me:pw@h:1/mcp?key=1#x'))).toBe('https://h:1/mcp?…')
})

it('a key in the path of an address is not shown', () => {
  const shown = displayUrl(new URL(`https://h/api/mcp/s/${'k3y-'.repeat(16)}/mcp?key=1`))
  expect(shown).toBe('https://h/api/mcp/s/…/mcp?…')
  expect(displayUrl(new URL('https://h/model-context-protocol/v1/mcp'))).toBe('https://h/model-context-protocol/v1/mcp')
})
