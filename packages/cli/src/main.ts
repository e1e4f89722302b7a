import { CommanderError } from 'commander'
import { exitCodes } from './command/exit-codes.js'
import { createProgram } from './command/program.js'
import { runBridge } from './command/run-bridge.js'
import { UsageError } from './command/usage-error.js'

try {
  await createProgram(runBridge, process.env).parseAsync()
} catch (error) {
  process.exitCode = exitCodeFor(error)
}

function exitCodeFor(error: unknown): number {
  // Commander has printed its message (or the help) already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.normal : exitCodes.usage
  if (error instanceof UsageError) {
    process.stderr.write(`mcp-tether: ${error.message}\n`)
    return error.exitCode
  }
  process.stderr.write(`mcp-tether: unexpected failure: ${error instanceof Error ? error.message : String(error)}\n`)
  return exitCodes.unexpected
}
