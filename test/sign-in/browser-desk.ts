import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Changes } from '../transparency/changes.js'

/** Passes on the address that it is started with. */
const script = `#!/bin/sh
exec "$DESK_NODE" -e 'fetch(process.env.DESK_URL, { method: "POST", body: process.argv[1] })' "$1"
`

/** The user's browser, as far as the platform is concerned: a program that `BROWSER` names and xdg-open starts. */
export class BrowserDesk extends Changes {
  /** The addresses that it was opened with. */
  readonly opened: URL[] = []
  readonly #server: Server
  readonly #directory: string

  private constructor(server: Server, directory: string) {
    super()
    this.#server = server
    this.#directory = directory
    server.on('request', (request, response) => {
      let text = ''
      request.setEncoding('utf8').on('data', (part: string) => (text += part))
      request.on('end', () => {
        response.end()
        this.opened.push(new URL(text))
        this.changed()
      })
    })
  }

  static async start(): Promise<BrowserDesk> {
    const directory = await mkdtemp(join(tmpdir(), 'mcp-tether-desk-'))
    await writeFile(join(directory, 'browser'), script)
    await chmod(join(directory, 'browser'), 0o755)
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new BrowserDesk(server, directory)
  }

  /** For a process that shall find this browser. */
  get environment(): Record<string, string> {
    return {
      BROWSER: join(this.#directory, 'browser'),
      DESK_NODE: process.execPath,
      DESK_URL: `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}/`,
      DISPLAY: '',
      WAYLAND_DISPLAY: '',
    }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve()
      })
    })
    await rm(this.#directory, { recursive: true })
  }
}
