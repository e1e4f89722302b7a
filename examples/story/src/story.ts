import { bridgedHost, directHost, type Host, type Seen } from './hosts.js'
import { freePort, startReferenceServer, type ReferenceServer } from './reference-server.js'
import { aside, chapter, sight, wire } from './telling.js'
import { startWireRecorder, type WireRecorder } from './wire-recorder.js'

type Tell = (line: string) => void

/**
 * Two hosts hold the same conversation with one real server, one through the bridge and one without it. The server is
 * killed in the middle of it. Returns whether the bridge's model got its answer.
 */
export async function tellStory(tell: Tell): Promise<boolean> {
  const cleanUp: (() => Promise<void>)[] = []
  try {
    return await play(tell, cleanUp)
  } finally {
    for (const step of cleanUp.reverse()) await step().catch(() => undefined)
  }
}

async function play(tell: Tell, cleanUp: (() => Promise<void>)[]): Promise<boolean> {
  const port = await freePort()
  const start = async (): Promise<ReferenceServer> => {
    const server = await startReferenceServer(port)
    cleanUp.push(() => server.kill())
    return server
  }
  const record = async (): Promise<WireRecorder> => {
    const recorder = await startWireRecorder(port)
    cleanUp.push(() => recorder.close())
    return recorder
  }
  const open = async (host: Promise<Host>): Promise<Host> => {
    const opened = await host
    cleanUp.push(() => opened.close())
    return opened
  }

  tell(chapter('1. A conversation'))
  const first = await start()
  tell(aside(`the official reference server runs as process ${String(first.pid)} on port ${String(port)}`))
  const [bridgeWire, directWire] = [await record(), await record()]
  const bridged = await open(bridgedHost(bridgeWire.url))
  const direct = await open(directHost(directWire.url))
  const sessions = new Map<string, number>()
  await callBoth(tell, bridged, direct, 'before')
  tell(aside('on the wire, with the bridge:'))
  for (const line of wire(bridgeWire.take(), sessions)) tell(line)

  tell(chapter('2. The server is killed and started again'))
  await first.kill()
  tell(aside(`process ${String(first.pid)} got SIGKILL`))
  const second = await start()
  tell(aside(`a new one, process ${String(second.pid)}, listens on the same port and knows nobody`))

  tell(chapter('3. The next tool call'))
  bridgeWire.take()
  const [withBridge] = await callBoth(tell, bridged, direct, 'after')
  tell(aside('on the wire, with the bridge:'))
  for (const line of wire(bridgeWire.take(), sessions)) tell(line)
  return withBridge.ok && withBridge.text === 'Echo: after'
}

async function callBoth(tell: Tell, bridged: Host, direct: Host, message: string): Promise<[Seen, Seen]> {
  tell(aside(`both call the tool: echo({ message: "${message}" })`))
  const withBridge = await bridged.call(message)
  tell(sight('with mcp-tether', withBridge))
  const without = await direct.call(message)
  tell(sight('without', without))
  return [withBridge, without]
}
