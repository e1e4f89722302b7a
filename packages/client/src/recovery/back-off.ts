const baseMs = 200
const capMs = 3_000

/**
 * How long to wait before the next try, with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"): the
 * window doubles with every try up to 3 s, and any moment of it is as good as another, so that those who were cut off
 * together don't come back together.
 * @param tries how many have failed, from 1
 * @param random a number from 0 to 1
 */
export function backOffMs(tries: number, random: number): number {
  return Math.round(random * Math.min(capMs, baseMs * 2 ** Math.min(tries - 1, 16)))
}
