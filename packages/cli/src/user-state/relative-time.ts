const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

const words = new Intl.RelativeTimeFormat('en')

/** `in 14 minutes`, `3 days ago`. Both times in milliseconds since the epoch. */
export function relativeTime(time: number, now: number): string {
  const seconds = Math.trunc((time - now) / 1000)
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1]
  return words.format(Math.trunc(seconds / size), unit)
}

/** `2 d 3 h`, `14 min 5 s`: the two largest parts of a duration in milliseconds. */
export function duration(ms: number): string {
  let rest = Math.max(Math.trunc(ms / 1000), 0)
  const parts: string[] = []
  for (const [unit, size] of units) {
    const count = Math.trunc(rest / size)
    rest -= count * size
    if (count > 0 || (unit === 'second' && parts.length === 0))
      parts.push(`${count} ${unit === 'minute' ? 'min' : unit[0]}`)
    else if (parts.length > 0) break
    if (parts.length === 2) break
  }
  return parts.join(' ')
}
