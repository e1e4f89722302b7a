import { abortable, deadline } from '../base/abort.js'
import { pause } from '../base/clock.js'
import { discardBody } from '../base/body.js'
import { Slots } from '../base/slots.js'
import type { SeenList } from '../session/seen-lists.js'
import { offers } from '../session/server-facts.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { backOffMs } from './back-off.js'
import type { BackgroundSettings } from './catch-up.js'
import type { Sender } from './handshake-requests.js'
import { relist, type Relisted } from './relist.js'

/**
 * Whether a client is told with `list_changed` that a list is another after a recovery:
 * - `declared`: where the server has declared `listChanged` for it;
 * - `always`: wherever the client has asked for the list;
 * - `never`: no list is compared.
 */
export type ListChangePolicy = 'declared' | 'always' | 'never'

/** The replays go first. Sessions that were lost together spread out. */
const minDelayMs = 100
const maxDelayMs = 500

/** How many sessions compare their lists at once. */
const maxAtOnce = 8
const maxTries = 3
const maxComparisonMs = 30_000

/**
 * Compares, after a recovery and in the background, the lists that a client ever asked for with what it last saw of
 * them, and tells it when they differ.
 */
export class ListComparisons {
  readonly #settings: BackgroundSettings
  readonly #policy: ListChangePolicy
  readonly #slots = new Slots(maxAtOnce)
  readonly #cancel = new WeakMap<VirtualSession, () => void>()

  constructor(settings: BackgroundSettings, policy: ListChangePolicy) {
    this.#settings = settings
    this.#policy = policy
  }

  /** Begins a comparison in the place of one that is under way. */
  start(session: VirtualSession, sender: Sender): void {
    this.cancel(session)
    if (this.#policy === 'never' || unconfirmed(session).length === 0) return
    const { clock, random } = this.#settings
    const controller = new AbortController()
    const cancelTimer = clock.schedule(
      () => void this.#slots.run(() => this.#compareAll(session, sender, controller.signal)),
      minDelayMs + random() * (maxDelayMs - minDelayMs),
    )
    this.#cancel.set(session, () => {
      cancelTimer()
      controller.abort()
    })
  }

  /** Ends the comparison that is under way. Its lists have been lost again, or nobody is left who wants to know. */
  cancel(session: VirtualSession): void {
    this.#cancel.get(session)?.()
    this.#cancel.delete(session)
  }

  async #compareAll(session: VirtualSession, sender: Sender, cancelled: AbortSignal): Promise<void> {
    for (const seen of unconfirmed(session)) {
      const { count } = seen.digest
      await this.#compare(session, sender, seen, cancelled)
      // The client was reading on meanwhile.
      if (seen.digest.count !== count) await this.#compare(session, sender, seen, cancelled)
    }
  }

  async #compare(session: VirtualSession, sender: Sender, seen: SeenList, cancelled: AbortSignal): Promise<void> {
    const { fingerprint, epoch } = session
    const { capability: list } = seen.kind
    const { count } = seen.digest
    const isMoot = () => cancelled.aborted || session.closing || session.ended || !unconfirmed(session).includes(seen)
    if (isMoot()) return
    const now = await this.#relist(session, sender, seen, cancelled)
    if (isMoot() || session.epoch !== epoch || seen.digest.count !== count) return
    if (now.kind !== 'listed') {
      const reason = now.kind === 'too-long' ? 'the list is too long' : now.cause
      this.#settings.emit({ type: 'list-comparison-failed', session: fingerprint, epoch, list, reason })
    } else if (!now.digest.equals(seen.digest)) {
      const announced = this.#isAnnounced(session, list)
      this.#settings.emit({ type: 'list-changed', session: fingerprint, epoch, list, announced })
      if (announced) session.outbox.add({ method: `notifications/${list}/list_changed` })
    }
  }

  /** Tries it again a few times when the server is away. */
  async #relist(session: VirtualSession, sender: Sender, seen: SeenList, cancelled: AbortSignal): Promise<Relisted> {
    const { clock, random, newRequestId } = this.#settings
    const timeout = deadline(clock, maxComparisonMs, 'comparing a list')
    cancelled.addEventListener('abort', timeout.abort)
    try {
      for (let tries = 1; ; tries++) {
        const now = await relist(session, sender, seen, newRequestId, timeout.signal)
        if (now.kind === 'challenged') discardBody(now.response)
        if (now.kind !== 'away' || tries === maxTries) return now
        const timer = pause(clock, backOffMs(tries, random()), false)
        const isOver = await abortable(timer.over, timeout.signal)
          .catch(() => false)
          .finally(timer.cancel)
        if (!isOver) return now
      }
    } finally {
      cancelled.removeEventListener('abort', timeout.abort)
      timeout.cancel()
    }
  }

  #isAnnounced({ toldServer, server }: VirtualSession, list: SeenList['kind']['capability']): boolean {
    if (this.#policy === 'always') return true
    // What the client was told counts; of a session that it brought along we know only what the server says now.
    return offers(toldServer ?? server, `${list}.listChanged`)
  }
}

/** The lists that the client has not asked for since the last recovery. */
function unconfirmed({ seenLists, epoch }: VirtualSession): SeenList[] {
  return seenLists.all.filter((list) => list.epoch < epoch)
}
