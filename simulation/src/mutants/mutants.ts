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
    find: 'if (joined) return joined',
    replace: 'if (joined && !session) return joined',
  },
  {
    name: 'no hint check: every tool is safe to repeat',
    file: 'recovery/safe-to-repeat.ts',
    find: "return typeof name === 'string' && isSafeTool(name)",
    replace: "return typeof name === 'string' || isSafeTool('')",
  },
  {
    name: 'a failure that tells of a loss counts as a refusal',
    file: 'fetch/message-exchange.ts',
    find: "if (replay === 'heal-only' && !this.#maySendAgain('unknown')) return this.#outcomeUnknown(rule)",
    replace: "if (replay === 'heal-only' && this.#tries < 0) return this.#outcomeUnknown(rule)",
  },
  {
    name: 'a bad gateway counts as not ready',
    file: 'recovery/outage.ts',
    find: "if (status === 503 || status === 429) return 'not-ready'",
    replace: "if (status === 503 || status === 429 || status === 502) return 'not-ready'",
  },
  {
    name: '401 handed to everyone',
    file: 'recovery/renewals.ts',
    find: 'unclaimed = undefined\n    return claimed',
    replace: 'return claimed && new Response(null, claimed)',
  },
  {
    name: 'an old token is sent again',
    file: 'session/newest-headers.ts',
    find: 'if (!this.#headers || this.#origin !== url.origin) return',
    replace: "if (!this.#headers || this.#origin !== '') return",
  },
  {
    name: 'the event id of another epoch is forwarded',
    file: 'fetch/call.ts',
    find: 'if (session.epoch > 1) headers.delete(lastEventIdHeader)',
    replace: 'if (session.epoch < 1) headers.delete(lastEventIdHeader)',
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
    find: '    const { response, verdict, isError } = await readRefusal(',
    replace:
      "    const leaked = answer.headers.get('mcp-session-id')\n" +
      '    if (!answer.ok && leaked !== null) this.#session.renew(leaked, undefined)\n' +
      '    const { response, verdict, isError } = await readRefusal(',
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
    file: 'recovery/renewals.ts',
    find: "deadline(clock, recoveryTimeoutMs, 'the recovery')",
    replace: "deadline(clock, 100 * recoveryTimeoutMs, 'the recovery')",
  },
  {
    name: 'a session that failed its handshake is left behind',
    file: 'recovery/handshake.ts',
    find: 'if (sessionId === undefined) return\n  const { url, send',
    replace: 'if (sessionId !== null) return\n  const { url, send',
  },
  {
    name: 'an abort does not end the waiting',
    file: 'fetch/renew-for.ts',
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
    find: 'if (error) return present(response, this.#session)\n    const progress',
    replace: 'if (error && this.#tries < 0) return present(response, this.#session)\n    const progress',
  },
]
