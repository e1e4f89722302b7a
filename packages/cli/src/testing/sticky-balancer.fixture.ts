import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { passOn } from './pass-on.fixture.js'

export interface StickyBalancer {
  readonly url: string
  /** Which of the servers each request went to. */
  readonly choices: readonly number[]
  readonly close: () => Promise<void>
}

/**
 * A load balancer as the clouds have them: who shows no cookie goes to the next server in turn and is given a cookie for
 * it, who shows one stays where it was.
 */
export async function startStickyBalancer(ports: readonly number[]): Promise<StickyBalancer> {
  const choices: number[] = []
  let turn = 0
  const server = createServer((request, response) => {
    const [, cookie] = /(?:^|; )AWSALB=(\d+)/.exec(request.headers.cookie ?? '') ?? []
    const choice = cookie === undefined ? turn++ % ports.length : Number(cookie)
    choices.push(choice)
    const expires = new Date(Date.now() + 600_000).toUTCString()
    passOn(request, response, ports[choice], { 'set-cookie': `AWSALB=${choice}; Path=/; Expires=${expires}` })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    choices,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
