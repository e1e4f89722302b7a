import { printable } from '../../log/printable.js'
import { duration, relativeTime } from '../relative-time.js'
import type { RunningBridge } from './running-bridges.js'

/** One bridge, as `status --json` shows it. Times are ISO 8601. */
export interface BridgeStatus {
  readonly server: string
  readonly pid: number
  readonly release: string
  readonly startedAt: string
  readonly uptimeSeconds: number
  readonly sessions: number
  readonly recoveries: number
  readonly lastError?: { readonly at: string; readonly message: string }
  /** False when its process can't be seen from here. */
  readonly seen: boolean
}

/** `now` is in milliseconds since the epoch. */
export function bridgeStatus({ process, lastError, ...bridge }: RunningBridge, now: number): BridgeStatus {
  const { server, release, startedAt, sessions, recoveries, seen } = bridge
  return {
    server,
    pid: process.pid,
    release,
    startedAt: new Date(startedAt).toISOString(),
    uptimeSeconds: Math.max(Math.trunc((now - startedAt) / 1000), 0),
    sessions,
    recoveries,
    ...(lastError ? { lastError: { at: new Date(lastError.at).toISOString(), message: lastError.message } } : {}),
    seen,
  }
}

const heading = ['SERVER', 'PID', 'UP', 'SESSIONS', 'RECOVERIES']

/** The same for a terminal: a table, under each row what went wrong last. */
export function statusLines(bridges: readonly BridgeStatus[], now: number): string[] {
  if (bridges.length === 0) return ['no bridge is running']
  const rows = bridges.map(({ server, pid, uptimeSeconds, sessions, recoveries }) => [
    printable(server, 100),
    `${pid}`,
    duration(uptimeSeconds * 1000),
    `${sessions}`,
    `${recoveries}`,
  ])
  const widths = heading.map((_name, column) => Math.max(...[heading, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [
    line(heading),
    ...bridges.flatMap(({ lastError, seen }, index) => [
      line(rows[index] ?? []),
      ...(seen ? [] : ['  in another container, or on another machine; perhaps no longer']),
      ...(lastError ? [`  ${relativeTime(Date.parse(lastError.at), now)}: ${printable(lastError.message, 300)}`] : []),
    ]),
  ]
}
