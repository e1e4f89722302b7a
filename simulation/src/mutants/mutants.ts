import type { Mutant } from './mutant.js'

/** Bugs that the simulation has to find. */
export const mutants: readonly Mutant[] = [
  {
    name: 'no epoch check: a late refusal starts another recovery',
    file: 'fetch/message-exchange.ts',
    find: 'if (this.#session.epoch !== epoch) {',
    replace: 'if (epoch < 0) {',
  },
  {
    name: 'no single flight',
    file: 'recovery/renewals.ts',
    find: 'if (!flight) return this.#take(session, sender, background)',
    replace: 'if (!flight || !background) return this.#take(session, sender, background)',
  },
  {
    name: 'no hint check: every tool is safe to repeat',
    file: 'recovery/safe-to-repeat.ts',
    find: "return typeof name === 'string' && isSafeTool(name)",
    replace: "return typeof name === 'string' || isSafeTool('')",
  },
  {
    name: 'a failure that tells of a loss counts as a refusal',
    file: 'recovery/replay-decision.ts',
    find: "progress: replay === 'heal-only' ? 'unknown' : 'refused'",
    replace: "progress: 'refused'",
  },
  {
    name: 'a bad gateway counts as not ready',
    file: 'recovery/outage.ts',
    find: "if (status === 503 || status === 429) return 'not-ready'",
    replace: "if (status === 503 || status === 429 || status === 502) return 'not-ready'",
  },
  {
    name: '401 handed to everyone',
    file: 'fetch/after-challenge.ts',
    find: 'signIn.concerns(underWay, change, signInTraffic.isUnderWay)',
    replace: 'signIn.concerns(underWay, -2, signInTraffic.isUnderWay)',
  },
  {
    name: 'an old token is sent again',
    file: 'session/newest-headers.ts',
    find: 'if (!newest || this.#origin !== url.origin) return',
    replace: "if (!newest || this.#origin !== '') return",
  },
  {
    name: 'the event id of another epoch is forwarded',
    file: 'fetch/open-stream.ts',
    find: 'event?.epoch === session.epoch ? event.id : undefined',
    replace: 'event?.id',
  },
  {
    name: 'replayed after it was cancelled',
    file: 'session/calls-under-way.ts',
    find: 'call.cancelled = true\n      call.onCancelled?.()',
    replace: '',
  },
  {
    name: 'the virtual id is not put back on answers',
    file: 'fetch/present.ts',
    find: 'if (sessionId === null || sessionId === session.virtualId) return response',
    replace: 'if (sessionId === null || sessionId !== "") return response',
  },
  {
    name: 'a session id is adopted from a refusal',
    file: 'fetch/message-exchange.ts',
    find: '    const reading = readRefusal(',
    replace:
      "    const leaked = answer.headers.get('mcp-session-id')\n" +
      '    if (!answer.ok && leaked !== null) this.#session.renew(leaked, undefined)\n' +
      '    const reading = readRefusal(',
  },
  {
    name: 'replayed twice',
    file: 'fetch/message-exchange.ts',
    find: '#renewalsLeft = 1\n  #late',
    replace: '#renewalsLeft = 2\n  #late',
  },
  {
    name: 'Retry-After ignored',
    file: 'recovery/outage.ts',
    find: 'if (retryAfterMs !== undefined && retryAfterMs > 0) return',
    replace: 'if (retryAfterMs !== undefined && retryAfterMs < 0) return',
  },
  {
    name: 'no outage budget',
    file: 'recovery/outage.ts',
    find: 'const leftMs = budgetMs - elapsedMs',
    replace: 'const leftMs = budgetMs - 0 * elapsedMs',
  },
  {
    name: 'no back-off',
    file: 'recovery/back-off.ts',
    find: 'return Math.round(random * Math.min(capMs, baseMs * 2 ** Math.min(tries - 1, 16)))',
    replace: 'return 0 * random * capMs * baseMs * tries',
  },
  {
    name: 'a recovery has no deadline',
    file: 'recovery/recovery-steps.ts',
    find: 'const ms = Math.min(this.leftMs, Math.round(this.#limitMs * shares[step]))',
    replace: 'const ms = Math.round(100 * this.#limitMs * shares[step])',
  },
  {
    name: 'a session that failed its handshake is left behind',
    file: 'recovery/handshake.ts',
    find: 'void endSession(input, sessionId, protocolVersion)',
    replace: 'if (sessionId === "") void endSession(input, sessionId, protocolVersion)',
  },
  {
    name: 'an abort does not end the waiting',
    file: 'fetch/held-back.ts',
    find: 'return abortable(Promise.race([promise, cancelled]), signal)',
    replace: 'return abortable(Promise.race([promise, cancelled]), signal?.aborted ? signal : undefined)',
  },
  {
    name: 'a session goes on under an id that was minted again',
    file: 'session/session-registry.ts',
    find: '    this.#byUpstreamId.delete(key)\n    holder.lost = true',
    replace: '    this.#byUpstreamId.delete(key)',
  },
  {
    name: 'what is discarded stays open',
    file: 'base/body.ts',
    find: 'response.body?.cancel().catch(() => undefined)',
    replace: 'if (response.bodyUsed) response.body?.cancel().catch(() => undefined)',
  },
  {
    name: 'a session is ended under the id that the client knows',
    file: 'fetch/close-session.ts',
    find: 'onCurrentEpoch(call, session, renewal !== undefined)',
    replace: 'renewal ? onCurrentEpoch(call, session, true) : call.init',
  },
  {
    name: 'an error on the own id counts as an outage',
    file: 'fetch/message-exchange.ts',
    find: 'if (error) return present(response, this.#session)\n    const unavailability',
    replace: 'if (error && this.#report.tries < 0) return present(response, this.#session)\n    const unavailability',
  },
  {
    name: 'a subscription is forgotten',
    file: 'recovery/restore.ts',
    find: 'live.filter((request) => mayAsk(input, request))',
    replace: "live.filter((request) => mayAsk(input, request) && request.method !== 'resources/subscribe')",
  },
  {
    name: 'the log level is forgotten',
    file: 'recovery/restore.ts',
    find: 'live.filter((request) => mayAsk(input, request))',
    replace: "live.filter((request) => mayAsk(input, request) && request.method !== 'logging/setLevel')",
  },
  {
    name: 'the ids of the server’s requests do not carry their epoch',
    file: 'session/request-ids.ts',
    find: 'if (epoch === 1) return id',
    replace: 'if (epoch >= 1) return id',
  },
  {
    name: 'a question of a dead epoch is not withdrawn',
    file: 'session/virtual-session.ts',
    find: 'this.questions.takeDead(this.#epoch)',
    replace: 'this.questions.takeDead(0)',
  },
  {
    name: 'a late answer to a dead question goes upstream',
    file: 'fetch/for-upstream.ts',
    find: "if (epoch !== session.epoch) return { direction: 'nowhere', message }",
    replace: "if (epoch > session.epoch) return { direction: 'nowhere', message }",
  },
  {
    name: 'events are delivered twice after a resumption',
    file: 'stream/event-rules.ts',
    find:
      'if (isContinuation && this.#seenIds?.has(id)) return true\n' +
      '    this.#lastEventId = canBeAskedFor(id) ? id : undefined',
    replace: 'if (isContinuation && !id) return true\n    this.#lastEventId ??= canBeAskedFor(id) ? id : undefined',
  },
  {
    name: 'a call whose stream was cut is always sent again',
    file: 'fetch/message-exchange.ts',
    find: "const ending = await this.#inTrouble('unknown', { cause })",
    replace: "const ending = await this.#inTrouble('not-started', { cause })",
  },
  {
    name: 'a call that has asked something is sent again',
    file: 'stream/call-stream.ts',
    find: 'mayRepeat: !this.#hasAsked',
    replace: 'mayRepeat: true',
  },
  {
    name: 'a dead call stream is resumed on the new session',
    file: 'stream/call-stream.ts',
    find: 'return session.epoch === this.#upstream.epoch && !session.lost',
    replace: 'return session.epoch >= this.#upstream.epoch && !session.lost',
  },
  {
    name: 'the standalone stream goes on after an event of a dead session',
    file: 'stream/standalone-stream.ts',
    find: 'epoch === this.#upstream.epoch ? this.#rules.lastEventId : undefined',
    replace: 'epoch > 0 ? this.#rules.lastEventId : undefined',
  },
  {
    name: 'the standalone stream is not opened again after its end',
    file: 'stream/standalone-stream.ts',
    find: 'return isRestOfCall || this.#isUnwanted()',
    replace: "return isRestOfCall || cause === 'ended' || this.#isUnwanted()",
  },
  {
    name: 'the standalone stream is not moved to the new session',
    file: 'stream/standalone-stream.ts',
    find: "if (ended || epoch !== this.#upstream.epoch) this.#stream.interrupt('replaced')",
    replace: "if (ended || epoch < this.#upstream.epoch) this.#stream.interrupt('replaced')",
  },
]
