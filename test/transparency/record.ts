import type { FetchLike } from '@mcp-tether/client'
import { ClientTap, hasEnded } from './client-tap.js'
import type { SeenAnswer } from './client-tap.js'
import type { Exchange } from './recording-server.js'
import type { SessionFactory } from './sdk-servers.js'
import { serve } from './served.js'
import type { Served, ServerKind } from './served.js'
import type { Sightings } from './sightings.js'

/** Everything there is to see of one conversation, from both of its ends. */
export interface Recording {
  /** Every exchange, on the server's side. */
  readonly wire: readonly Exchange[]
  /** Every answer, as the SDK read it. */
  readonly answers: readonly SeenAnswer[]
  /** Everything the SDK told its host. */
  readonly host: Record<string, readonly unknown[]>
}

/** What a kind of client says to a kind of server. Every step waits for the one before: each run has one order only. */
export interface ServedConversation<Talker> {
  readonly kind: ServerKind
  readonly connect: (url: URL, fetch: FetchLike) => Promise<Talker>
  readonly hold: (talker: Talker, served: Served) => Promise<void>
}

/** Holds a conversation between a real client and a real server, and records it. */
export async function record<Talker extends { sightings: Sightings; close: () => Promise<void> }>(
  { kind, connect, hold }: ServedConversation<Talker>,
  factory: SessionFactory,
  fetch: FetchLike,
): Promise<Recording> {
  const served = await serve(factory, kind)
  try {
    const tap = new ClientTap()
    const talker = await connect(served.wire.url, tap.wrap(fetch))
    await hold(talker, served)
    // An answer's last event is there before its end is: closing between the two would cut it in some runs.
    await tap.until(() => tap.answers.every((answer) => answer.method === 'GET' || hasEnded(answer)))
    await talker.close()
    await served.wire.until(() => served.wire.isQuiet)
    await tap.until(() => tap.isQuiet)
    const recording = { wire: served.wire.exchanges, answers: tap.answers, host: talker.sightings.all }
    // The one thing that is made equal: the port, which is another one for every server.
    const { port } = served.wire.url
    return JSON.parse(JSON.stringify(recording).replaceAll(`127.0.0.1:${port}`, '127.0.0.1:port')) as Recording
  } finally {
    await served.close()
  }
}

/** Which views of two recordings differ. */
export function differences(one: Recording, other: Recording): (keyof Recording)[] {
  const views: (keyof Recording)[] = ['wire', 'answers', 'host']
  return views.filter((view) => JSON.stringify(one[view]) !== JSON.stringify(other[view]))
}

/**
 * A recording without the difference that resuming makes: who resumes a stream writes header names in its own case, and
 * the SDK reads what comes as one stream or as two.
 */
export function withStreamsJoined({ wire, answers, host }: Recording): unknown {
  const nameFirst = (header: string) => header.replace(/^[^:]*/, (name) => name.toLowerCase())
  const read = answers.map(({ body }) => body).join('')
  return {
    wire: wire.map((exchange) => ({ ...exchange, headers: exchange.headers.map(nameFirst) })),
    events: read.split('\n\n').sort(),
    host,
  }
}

/**
 * A recording without the way in which a client lets go of its standalone stream: it aborts and cancels at once, and
 * which of the two its reading meets first is a matter of microtasks.
 */
export function withStreamsLeft(recording: Recording): Recording {
  const answers = recording.answers.map((answer) =>
    answer.method === 'GET' && (answer.end === 'broken' || answer.end === 'cancelled')
      ? { ...answer, end: 'cancelled' as const, error: '' }
      : answer,
  )
  return { ...recording, answers }
}
