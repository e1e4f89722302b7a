import type { Mutant } from './mutant.js'

/** Bugs that the kill test has to find. */
export const mutants: readonly Mutant[] = [
  {
    name: 'a call is run again when its session is restored',
    file: 'request/handle.ts',
    find: '  return live.handle(request, body, options, dispatch)\n',
    replace: `  if (live.restoredHere !== true) {
    live.restoredHere = true
    await (await live.handle(request, body, options, { streamId: randomUUID(), isSynthetic: false })).text()
  }
  return live.handle(request, body, options, dispatch)\n`,
    replicas: 2,
  },
  {
    name: 'a new session is stored after the answer',
    file: 'request/keeper.ts',
    find: 'live.version = await this.records.write(sessionId, negotiated)',
    replace: `live.version = 'later'
      setTimeout(() => void this.records.write(sessionId, negotiated), 400)`,
    replicas: 1,
  },
  {
    name: 'log level and subscriptions are stored after the answer',
    file: 'request/keeper.ts',
    find: 'const changing = live.inTurn(() => this.records.change(live, change))',
    replace: `setTimeout(() => void live.inTurn(() => this.records.change(live, change)).catch(() => undefined), 400)
    const changing = Promise.resolve()`,
    replicas: 2,
  },
  {
    name: 'log level and subscriptions are not said again',
    file: 'session/make-instance.ts',
    find: 'requestsBetween(live.record, wanted)',
    replace: 'requestsBetween(wanted, wanted)',
    replicas: 1,
  },
  {
    name: 'a request does not wait until its replica knows what was said to another one',
    file: 'request/keeper.ts',
    find: 'await catchUp(live, stored.record, request, options.authInfo)',
    replace: `live.version = stored.version
      await catchUp(live, stored.record, request, options.authInfo)`,
    replicas: 2,
  },
  {
    name: 'requests in flight are forgotten',
    file: 'stream/resume-call.ts',
    find: '.filter((request) => request.streamId === streamId)',
    replace: '.filter(() => false)',
    replicas: 1,
  },
  {
    name: 'a process that is gone counts as alive',
    file: 'session/process-life.ts',
    find: 'return this.#now() - this.#steadySince < lifetime',
    replace: 'return true',
    replicas: 1,
  },
  {
    name: 'a process that lives counts as gone',
    file: 'session/process-life.ts',
    find: "if ((await this.#sessions.leaseOwner(leaseId(owner), 'alive')) === owner) return true",
    replace: '',
    replicas: 4,
  },
  {
    name: 'a resumed call is sent from its beginning',
    file: 'stream/resume-call.ts',
    find: 'after: isStored ? lastEventId : undefined',
    replace: 'after: undefined',
    replicas: 2,
  },
  {
    name: 'a resumed standalone stream begins anew',
    file: 'stream/standalone-stream.ts',
    find: 'isFirst ? undefined : (lastEventId ?? mark)',
    replace: 'isFirst ? undefined : await events.storeEvent(standaloneStreamId, {})',
    replicas: 2,
  },
  {
    name: 'a resumed call does not say where it is',
    file: 'stream/resume-call.ts',
    find: '...(isPrimed ? { preface: primingEvent(lastEventId) } : {}),',
    replace: '',
    replicas: 1,
  },
  {
    name: 'a deleted session stays in the store',
    file: 'request/keeper.ts',
    find: 'const existed = await this.store.sessions.delete(sessionId)',
    replace: 'const existed = true',
    replicas: 1,
  },
  {
    name: 'a session is deleted after the answer',
    file: 'request/keeper.ts',
    find: '    const existed = await this.store.sessions.delete(sessionId)',
    replace: `    const existed = true
    setTimeout(() => void this.store.sessions.delete(sessionId), 400)`,
    replicas: 2,
  },
  {
    name: 'the streams of a session that is deleted are left open',
    file: 'session/live-sessions.ts',
    find: 'await live.close()',
    replace: '',
    replicas: 2,
  },
  {
    name: "an answer to another replica's question is not forwarded",
    file: 'request/handle.ts',
    find: 'messages.filter((message) => live.isForAnother(message))',
    replace: "messages.filter((message) => 'method' in message && live.isForAnother(message))",
    replicas: 4,
  },
  {
    name: 'answers that were forwarded are taken again with each new one',
    file: 'session/inbox.ts',
    find: 'this.#after = eventId',
    replace: '',
    replicas: 4,
  },
  {
    name: 'an answer is taken for a question of the same number',
    file: 'session/live-session.ts',
    find: 'origin?.tag === this.tag ?',
    replace: 'origin ?',
    replicas: 2,
  },
]
