import { describe, expect, it } from 'vitest'
import { SimulatedClock } from './simulated-clock.js'

const never = () => false

describe('SimulatedClock', () => {
  it('fires timers in the order of their time, and of their making where that is the same', async () => {
    const clock = new SimulatedClock()
    const view = clock.view()
    const fired: [string, number][] = []
    for (const [name, ms] of [
      ['c', 30],
      ['a', 10],
      ['b', 10],
      ['d', 40],
      ['e', 20],
    ] as const) {
      view.schedule(() => fired.push([name, view.now()]), ms)
    }
    await clock.run(never, 1_000)
    expect(fired).toEqual([['a', 10], ['b', 10], ['e', 20], ['c', 30], ['d', 40]]) // prettier-ignore
    expect(clock.now).toBe(1_000)
  })

  it('lets everything settle before time goes on: promises, streams, bodies', async () => {
    const clock = new SimulatedClock()
    const view = clock.view()
    const done: string[] = []
    view.schedule(() => {
      const source = new ReadableStream<Uint8Array>({
        pull(controller) {
          controller.enqueue(new TextEncoder().encode('whole'))
          controller.close()
        },
      })
      const body = new Response(source).body?.pipeThrough(new TransformStream<Uint8Array, Uint8Array>())
      void new Response(body).text().then((text) => done.push(text))
    }, 1)
    view.schedule(() => done.push('later'), 1)
    await clock.run(never, 10)
    expect(done).toEqual(['whole', 'later'])
  })

  it('does not fire what was cancelled, nor what is due later, and counts what waits', async () => {
    const clock = new SimulatedClock()
    const view = clock.view()
    const fired: string[] = []
    const cancel = view.schedule(() => fired.push('cancelled'), 5)
    view.schedule(() => fired.push('now'), 10)
    view.schedule(() => fired.push('later'), 11)
    clock.view().schedule(() => fired.push('of another'), 11)
    cancel()
    cancel()
    expect(view.pending).toBe(2)
    expect(await clock.run(never, 10)).toBe(false)
    expect([fired, view.pending]).toEqual([['now'], 1])
    expect(await clock.run(() => fired.length === 3, 10)).toBe(true)
    expect(view.pending).toBe(0)
  })
})
