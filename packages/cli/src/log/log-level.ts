/** How much a line matters: details of each exchange, news of the session, what the user may have to act on. */
export type LogLevel = 'debug' | 'info' | 'warn'

/** What a sink is told: the least that it shows, or nothing at all. */
export type LogThreshold = LogLevel | 'silent'

export const logThresholds = ['silent', 'warn', 'info', 'debug'] as const satisfies readonly LogThreshold[]

/** Whether a line is shown where `threshold` holds. */
export function isShown(level: LogLevel, threshold: LogThreshold): boolean {
  return logThresholds.indexOf(level) <= logThresholds.indexOf(threshold)
}
