/**
 * The wait that a response's `Retry-After` asks for, in milliseconds (RFC 9110, 10.2.3): seconds, or a date, which is
 * counted from the response's own `Date`, because the two clocks may differ. `undefined` when it says nothing.
 */
export function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined || value === '') return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  if (!/^[a-z]+, /i.test(value)) return undefined
  const wait = Date.parse(value) - Date.parse(headers.get('date') ?? '')
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
}
