import type { Writable } from 'node:stream'
import { writeBounded } from './bounded-output.js'
import { createLog, type Log, type LogSink } from './log.js'
import type { LogThreshold } from './log-level.js'
import { createTextSink } from './text-sink.js'
import { wantsColor } from './wants-color.js'

export interface LogSettings {
  /** The same as `logLevel: 'debug'`. @default false */
  readonly verbose?: boolean
  /** @default 'info' */
  readonly logLevel?: LogThreshold
  /** @default 'text' */
  readonly logFormat?: 'text' | 'json'
  /** A file that takes the lines too. @default none */
  readonly logFile?: string
}

export interface LogSurroundings {
  /** The process's stderr. */
  readonly stderr: Writable & { readonly isTTY?: boolean }
  readonly environment: NodeJS.ProcessEnv
  /** Sinks of others. */
  readonly more: readonly LogSink[]
}

/** The log that the options ask for. Throws a UsageError when its file can't be opened. */
export async function openLog(settings: LogSettings, { stderr, environment, more }: LogSurroundings): Promise<Log> {
  const { logFormat = 'text', logFile } = settings
  const threshold = settings.verbose ? 'debug' : (settings.logLevel ?? 'info')
  const colors = wantsColor(environment, stderr.isTTY ?? false)
  const sinks = [
    logFormat === 'text' ? createTextSink({ output: stderr, threshold, colors }) : await jsonSink(stderr, threshold),
    ...more,
  ]
  const log = createLog(sinks)
  if (logFile === undefined) return log
  const onFailure = (problem: string): void => {
    log.warn(problem)
  }
  return createLog([...sinks, await fileSink(logFile, logFormat, threshold, onFailure)])
}

async function jsonSink(output: Writable, threshold: LogThreshold): Promise<LogSink> {
  const { createJsonSink } = await import('./json-sink.js')
  return createJsonSink({ write: writeBounded(output) }, threshold)
}

async function fileSink(
  path: string,
  format: 'text' | 'json',
  threshold: LogThreshold,
  onFailure: (problem: string) => void,
): Promise<LogSink> {
  const { openLogFile } = await import('./log-file.js')
  const file = openLogFile(path, onFailure)
  if (format === 'json') {
    const { createJsonSink } = await import('./json-sink.js')
    return createJsonSink(file, threshold)
  }
  const { createFileTextSink } = await import('./file-text-sink.js')
  return createFileTextSink(file.write, threshold)
}
