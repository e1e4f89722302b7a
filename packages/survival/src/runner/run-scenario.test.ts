import { describe, expect, it } from 'vitest'
import { bareFetchFace } from '../faces/bare-fetch-face.js'
import type { Face, FaceClient, FetchLike } from '../faces/face.js'
import type { Scenario } from '../scenarios/scenario.js'
import { matrix } from './matrix.js'
import { runAll } from './run-all.js'
import { runScenario } from './run-scenario.js'

const oneCall: Scenario = {
  name: 'one-call',
  title: 'One call',
  promise: 'P10',
  async play(stage) {
    const player = await stage.connect()
    await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
  },
}

/** A bare client whose `tools/call` goes through `send`. */
function faceThat(send: (url: string | URL, init: RequestInit) => Promise<Response>): Face {
  const intercept: FetchLike = (url, init = {}) =>
    typeof init.body === 'string' && init.body.includes('tools/call') ? send(url, init) : fetch(url, init)
  return bareFetchFace({ fetch: intercept })
}

const honest = bareFetchFace()

/** The honest face, with something about its clients changed. */
function honestBut(change: (client: FaceClient) => Partial<FaceClient>): Face {
  return {
    ...honest,
    async connect(url, options) {
      const client = await honest.connect(url, options)
      return new Proxy(client, {
        get: (target, name) => {
          const own = (change(client) as Record<string | symbol, unknown>)[name]
          const value: unknown = own ?? Reflect.get(target, name, target)
          return typeof value === 'function' ? (value.bind(target) as unknown) : value
        },
      })
    },
  }
}

describe('a face that', () => {
  it('is honest passes', async () => {
    const report = await runScenario(honest, oneCall)
    expect(report).toMatchObject({ verdict: 'recovered', passed: true, reasons: [], face: 'bare fetch' })
    expect(report.wire).toContain('POST /mcp append_value(a) [S1] -> 200 [S1]')
  })

  it('hangs is told so at the deadline', async () => {
    const hanging = faceThat(() => new Promise(() => undefined))
    const report = await runScenario(hanging, oneCall, { deadlineMs: 300 })
    expect(report).toMatchObject({ verdict: 'hang', passed: false })
    expect(report.reasons).toContain('hang: append_value(a) had no outcome')
  })

  it('never connects hangs too', async () => {
    const face: Face = { ...honest, connect: () => new Promise(() => undefined) }
    expect((await runScenario(face, oneCall, { deadlineMs: 200 })).verdict).toBe('hang')
  })

  it('can’t connect leaks', async () => {
    const face: Face = { ...honest, connect: () => Promise.reject(new Error('no such server')) }
    const report = await runScenario(face, oneCall)
    expect(report).toMatchObject({ verdict: 'leaked', reasons: ['leaked: connect survivor: no such server'] })
  })

  it('lies is wrong', async () => {
    const lying = faceThat(async (url, init) => {
      const response = await fetch(url, init)
      return new Response((await response.text()).replace('n1', 'n2'), response)
    })
    expect((await runScenario(lying, oneCall)).verdict).toBe('wrong')
  })

  it('executes twice is a duplicate', async () => {
    const eager = faceThat(async (url, init) => {
      await (await fetch(url, init)).text()
      return fetch(url, init)
    })
    expect((await runScenario(eager, oneCall)).verdict).toBe('duplicate')
  })

  it('shows another session id is wrong', async () => {
    const report = await runScenario(
      honestBut(() => ({ sessionIds: () => ['one', 'two'] })),
      oneCall,
    )
    expect(report.reasons).toEqual(['wrong: the client was shown 2 session ids'])
  })

  it('dies is a crash', async () => {
    const face = honestBut(() => ({ troubles: () => [{ kind: 'crash', text: 'it died' }] }))
    expect((await runScenario(face, oneCall)).verdict).toBe('crash')
  })

  it('throws when it is closed disturbs nobody', async () => {
    const face = honestBut(() => ({ close: () => Promise.reject(new Error('already closed')) }))
    expect((await runScenario(face, oneCall)).verdict).toBe('recovered')
  })
})

it('masks session ids in what it reports', async () => {
  const scenario: Scenario = {
    ...oneCall,
    async play(stage) {
      await stage.connect()
      const [id = ''] = stage.server.mintedIds
      await stage.expectAnswer(stage.act('quote', Promise.reject(new Error(`unknown ${id}`))))
    },
  }
  expect((await runScenario(honest, scenario)).reasons).toEqual(['leaked: quote: unknown <id 1>'])
})

it('takes an error outside of a call for a crash', async () => {
  const scenario: Scenario = { ...oneCall, play: () => Promise.reject(new Error('broken scenario')) }
  expect(await runScenario(honest, scenario)).toMatchObject({ verdict: 'crash', passed: false })
})

it('passes a verdict that the scenario allows', async () => {
  const scenario: Scenario = { ...oneCall, allows: ['wrong'], play: (stage) => neverSo(stage) }
  expect(await runScenario(honest, scenario)).toMatchObject({ verdict: 'wrong', passed: true })
})

async function neverSo(stage: Parameters<Scenario['play']>[0]): Promise<void> {
  await stage.connect()
  stage.expectWire('never', () => false)
}

it('plays only what the face can do, and says so in the matrix', async () => {
  const special: Scenario = { ...oneCall, name: 'special', needs: ['redirects'] }
  await expect(runScenario(honest, special)).rejects.toThrow(TypeError)
  const seen: string[] = []
  const all = [oneCall, special]
  const reports = await runAll([() => honest], all, { onReport: ({ scenario }) => seen.push(scenario) })
  expect(seen).toEqual(['one-call'])
  expect(matrix(all, reports)).toBe(
    [
      '| scenario | what it is about | bare fetch |',
      '| --- | --- | :-: |',
      '| `one-call` | One call | ✓ |',
      '| `special` | One call | – |',
      '',
    ].join('\n'),
  )
})
