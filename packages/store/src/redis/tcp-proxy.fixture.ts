import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A wire between a client and a server, that a test can cut. */
export interface TcpProxy {
  readonly port: number
  /**
   * - `open`: bytes pass.
   * - `closed`: every connection is reset, new ones too.
   * - `silent`: connections stay, and nothing passes in either direction.
   */
  set(state: 'open' | 'closed' | 'silent'): void
  close(): Promise<void>
}

export async function startTcpProxy(target: number): Promise<TcpProxy> {
  let state: 'open' | 'closed' | 'silent' = 'open'
  const sockets = new Set<Socket>()
  const join = (from: Socket, to: Socket) => {
    sockets.add(from)
    from.on('data', (chunk) => {
      if (state === 'open') to.write(chunk)
    })
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
  }
  const server = createServer((client) => {
    if (state === 'closed') {
      client.resetAndDestroy()
      return
    }
    const upstream = connect(target, '127.0.0.1')
    join(client, upstream)
    join(upstream, client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      state = next
      // What was swallowed while it was silent makes these connections useless.
      if (next !== 'silent') for (const socket of sockets) socket.resetAndDestroy()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
