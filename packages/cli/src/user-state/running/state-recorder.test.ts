import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { rewriteMs } from './bridge-state.js'
import { judgeBridge } from './running-bridges.js'
import { type RecordedState, StateRecorder } from './state-recorder.js'
import { bridgeStatus, statusLines } from './status.js'

const session = { session: 'abcd', epoch: 1 }

describe('the recorder of what status shows', () => {
  let states: RecordedState[]
  let finish: (() => void)[]
  let recorder: StateRecorder
  const make = (write = (): Promise<void> => Promise.resolve()): StateRecorder =>
    new StateRecorder({
      server: new URL('http://h.example/mcp?key=geheim'),
      release: '1.2.3',
      write: (state) => {
        states.push(state)
        return write()
      },
    })
  beforeEach(() => {
    vi.useFakeTimers()
    states = []
    finish = []
    recorder = make()
  })
  afterEach(() => {
    recorder.close()
    vi.useRealTimers()
  })

  it('writes nothing before the first line, and then not at once', async () => {
    await vi.advanceTimersByTimeAsync(2 * rewriteMs)
    expect(states).toEqual([])
    recorder.write({ level: 'info', text: 'connected' })
    await vi.advanceTimersByTimeAsync(999)
    expect(states).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(states).toHaveLength(1)
    expect(states[0]).toMatchObject({ server: 'http://h.example/mcp?…', sessions: 0, recoveries: 0, release: '1.2.3' })
    expect(states[0]).not.toHaveProperty('lastError')
  })

  it('writes a hundred recoveries at once, and nothing for what it does not show', async () => {
    recorder.onEvent({ type: 'session-bound', ...session })
    for (let n = 0; n < 100; n++) {
      recorder.onEvent({
        type: 'recovery-succeeded',
        ...session,
        durationMs: 1,
        protocolVersion: 'x',
        stateless: false,
      })
      recorder.write({ level: 'warn', text: `lost ${n}` })
    }
    await vi.advanceTimersByTimeAsync(1_000)
    expect(states).toMatchObject([{ sessions: 1, recoveries: 100, lastError: { message: 'lost 99' } }])
    recorder.onEvent({ type: 'request-replayed', ...session, method: 'tools/call' })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(states).toHaveLength(1)
    recorder.onEvent({ type: 'session-closed', ...session })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(states[1]).toMatchObject({ sessions: 0 })
  })

  it('writes no query of an address: that of a sign-in holds its state', async () => {
    recorder.write({ level: 'warn', text: 'open https://a.example/auth?state=geheim&scope=x or http://b/c now' })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(states).toMatchObject([{ lastError: { message: 'open https://a.example/auth?… or http://b/c now' } }])
  })

  it('writes again now and then, to show that it lives, until it is closed', async () => {
    recorder.write({ level: 'info', text: 'connected' })
    await vi.advanceTimersByTimeAsync(1_000 + 2 * rewriteMs)
    expect(states).toHaveLength(3)
    recorder.close()
    recorder.write({ level: 'warn', text: 'late' })
    await vi.advanceTimersByTimeAsync(2 * rewriteMs)
    expect(states).toHaveLength(3)
  })

  it('never writes twice at a time, and forgets no change meanwhile', async () => {
    recorder = make(() => new Promise((resolve) => finish.push(resolve)))
    recorder.write({ level: 'warn', text: 'first' })
    await vi.advanceTimersByTimeAsync(1_000)
    recorder.write({ level: 'warn', text: 'second' })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(states).toHaveLength(1)
    finish[0]?.()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(states[1]).toMatchObject({ lastError: { message: 'second' } })
  })
})

describe('what a bridge wrote counts', () => {
  it.each([
    ['alive', 10 * rewriteMs, 'seen'],
    ['dead', 0, 'gone'],
    ['unknown', 3 * rewriteMs, 'unseen'],
    ['unknown', 3 * rewriteMs + 1, 'gone'],
  ] as const)('%s, written %i ms ago: %s', (life, age, verdict) => {
    expect(judgeBridge(life, 0, age)).toBe(verdict)
  })

  it('and is a table for a terminal, without what a server could do to it', () => {
    const now = Date.parse('2026-01-02T03:04:05Z')
    const bridge = {
      version: 1,
      process: { pid: 12, host: 'x' },
      server: 'https://a.example/mcp',
      release: '1',
      startedAt: now - 3_725_000,
      writtenAt: now,
      sessions: 1,
      recoveries: 0,
    } as const
    const lastError = { at: now - 60_000, message: 'refused: \u001b[2J\nno' }
    const found = [
      { ...bridge, seen: true, lastError },
      { ...bridge, seen: false, server: 'https://b/' },
    ]
    expect(
      statusLines(
        found.map((one) => bridgeStatus(one, now)),
        now,
      ),
    ).toEqual([
      'SERVER                 PID  UP         SESSIONS  RECOVERIES',
      'https://a.example/mcp  12   1 h 2 min  1         0',
      '  1 minute ago: refused:  [2J no',
      'https://b/             12   1 h 2 min  1         0',
      '  in another container, or on another machine; perhaps no longer',
    ])
  })
})
