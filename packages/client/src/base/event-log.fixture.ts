import type { SessionEvent } from './events.js'

type EventOf<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>

/** Notes what is told through `onEvent`, and lets a test wait for it. */
export function eventLog() {
  const events: SessionEvent[] = []
  const waiting = new Set<() => void>()
  const all = <T extends SessionEvent['type']>(type: T): EventOf<T>[] =>
    events.filter((event): event is EventOf<T> => event.type === type)
  return {
    events,
    all,
    onEvent: (event: SessionEvent) => {
      events.push(event)
      for (const look of [...waiting]) look()
    },
    /** Resolves with the event of this type that is the `count`th. */
    next: <T extends SessionEvent['type']>(type: T, count = 1): Promise<EventOf<T>> =>
      new Promise((resolve) => {
        const look = () => {
          const event = all(type)[count - 1]
          if (!event) return
          waiting.delete(look)
          resolve(event)
        }
        waiting.add(look)
        look()
      }),
  }
}
