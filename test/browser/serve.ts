import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { FaultServer } from '@mcp-tether/survival'

/** A page and an MCP endpoint that can be told to forget its sessions, on one origin of 127.0.0.1. */
export async function serveBrowser(assets: string): Promise<{ origin: string; fault: FaultServer; close: () => void }> {
  const fault = new FaultServer()
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '/'
    if (path === '/mcp') {
      fault.handler(request, response)
    } else if (path === '/forget') {
      fault.restart()
      response.writeHead(204).end()
    } else if (path === '/') {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<!doctype html><title>test</title><script type="module" src="/page.js"></script>')
    } else if (/^\/[\w-]+\.js$/.test(path)) {
      response.writeHead(200, { 'content-type': 'text/javascript' })
      response.end(await readFile(join(assets, path)))
    } else {
      response.writeHead(404).end()
    }
  }
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    fault,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
