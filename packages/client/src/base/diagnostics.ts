import type { SessionEvent } from './events.js'

/** What is used here of a channel of `node:diagnostics_channel`. */
interface Channel {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
}

interface DiagnosticsChannel {
  channel(name: string): Channel
}

/**
 * Node's own module, where there is one: asked for at run time, so that browsers and bundlers need not know it. Node has
 * `getBuiltinModule` from 20.16 on; elsewhere nothing is published.
 */
function diagnosticsChannel(): DiagnosticsChannel | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  try {
    return process?.getBuiltinModule?.('node:diagnostics_channel') as DiagnosticsChannel | undefined
  } catch {
    // Some platforms have the function and not the module.
    return undefined
  }
}

/**
 * Makes a publisher of events to `node:diagnostics_channel`: each type has a channel of its own, `mcp-tether:session-lost`
 * for instance, and the message is the event. Without a subscriber it costs next to nothing.
 */
export function diagnosticsPublisher(): (event: SessionEvent) => void {
  const diagnostics = diagnosticsChannel()
  if (!diagnostics) return () => undefined
  const channels = new Map<string, Channel>()
  return (event) => {
    const channel = channels.get(event.type) ?? diagnostics.channel(`mcp-tether:${event.type}`)
    channels.set(event.type, channel)
    if (channel.hasSubscribers) channel.publish(event)
  }
}
