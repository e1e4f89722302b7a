import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inProcessServer, type ServerSettings } from './in-process-server.js'

export interface LoopbackServer {
  readonly url: URL
  /** The POSTs that have come since it was told to count. */
  readonly posts: number
  /**
   * It is a fresh process: it knows no session, and refuses the first `parallel` requests when all of them are there.
   * Counts from now on.
   */
  forget(parallel: number): void
  close(): Promise<void>
}

/** The same server behind `node:http`, on a free port of 127.0.0.1. */
export async function loopbackServer(settings: ServerSettings): Promise<LoopbackServer> {
  const inProcess = inProcessServer(settings)
  let posts = 0
  let missing = 0
  let gathered: Promise<void> = Promise.resolve()
  let allAreThere = (): void => undefined

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(request)
    if (request.method === 'POST') {
      posts++
      if (missing > 0 && --missing === 0) allAreThere()
      await gathered
    }
    const { method = 'GET', headers } = request
    // What is said on no stream here is said in the process: a stream would have to be piped.
    if (method === 'GET') return void response.writeHead(405).end()
    const answer = await inProcess.fetch('', { method, headers: headers as Record<string, string>, body })
    const whole = Buffer.from(await answer.arrayBuffer())
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(whole)
  }
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4096, resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: new URL(`http://127.0.0.1:${String(port)}/mcp`),
    get posts() {
      return posts
    },
    forget(parallel) {
      inProcess.forget()
      posts = 0
      missing = parallel
      gathered = new Promise((resolve) => (allAreThere = resolve))
    },
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve()
        })
      })
      server.closeAllConnections()
      await closed
    },
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks).toString('utf8')
}
