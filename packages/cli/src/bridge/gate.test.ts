import { describe, expect, it } from 'vitest'
import { Gate, type Work } from './gate.js'

/** A gate whose works are ended by the test. */
function createGate(limit = 2) {
  const started: string[] = []
  const finishers = new Map<string, () => void>()
  let rooms = 0
  const gate = new Gate(() => rooms++, limit)
  return {
    gate,
    started,
    rooms: () => rooms,
    submit: (kind: Work['kind'], name: string, bytes = 1) => {
      gate.submit({
        kind,
        key: name,
        bytes,
        run() {
          started.push(name)
          return new Promise<void>((resolve) => finishers.set(name, resolve))
        },
      })
    },
    finish: async (name: string) => {
      finishers.get(name)?.()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

describe('Gate', () => {
  it('lets nothing past a barrier', async () => {
    const { submit, started, finish } = createGate()
    submit('barrier', 'initialize')
    submit('request', 'ping')
    submit('barrier', 'initialized')
    submit('passing', 'note')
    submit('request', 'call')
    expect(started).toEqual(['initialize'])
    await finish('initialize')
    expect(started).toEqual(['initialize', 'ping', 'initialized'])
    await finish('initialized')
    expect(started).toEqual(['initialize', 'ping', 'initialized', 'note', 'call'])
  })

  it('holds requests at the limit while notifications and answers overtake them', async () => {
    const { submit, started, finish } = createGate(2)
    for (const name of ['a', 'b', 'c', 'd']) submit('request', name)
    submit('passing', 'answer')
    submit('barrier', 'initialize')
    submit('request', 'e')
    expect(started).toEqual(['a', 'b', 'answer'])
    await finish('b')
    await finish('a')
    expect(started).toEqual(['a', 'b', 'answer', 'c', 'd', 'initialize'])
  })

  it('withdraws what was not started', async () => {
    const { gate, submit, started, finish } = createGate(1)
    submit('request', 'a')
    submit('request', 'b')
    submit('request', 'c')
    expect([gate.withdraw('b'), gate.withdraw('a'), gate.withdraw('x')]).toEqual([true, false, false])
    await finish('a')
    expect(started).toEqual(['a', 'c'])
  })

  it('is full at a thousand waiting messages or 64 MiB, and says when there is room', async () => {
    const { gate, submit, finish, rooms } = createGate(1)
    submit('request', 'a')
    submit('request', 'big', 65 * 1024 * 1024)
    expect(gate.full).toBe(true)
    await finish('a')
    expect([gate.full, rooms()]).toEqual([false, 1])
    for (let count = 0; count < 1001; count++) submit('request', `r${count}`)
    expect(gate.full).toBe(true)
  })

  it('is full when notifications pile up', () => {
    const { gate, submit } = createGate()
    for (let count = 0; count < 1001; count++) submit('passing', `n${count}`)
    expect(gate.full).toBe(true)
  })

  it('is idle when nothing runs and nothing waits', async () => {
    const { gate, submit, finish } = createGate(1)
    await gate.idle()
    submit('request', 'a')
    submit('request', 'b')
    let idle = false
    const waiting = gate.idle().then(() => (idle = true))
    await finish('a')
    expect(idle).toBe(false)
    await finish('b')
    await waiting
  })
})
