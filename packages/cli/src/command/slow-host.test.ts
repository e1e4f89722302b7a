import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterEach, expect, it } from 'vitest'
import { binary } from '../testing/cli-process.fixture.js'
import {
  event,
  initializeLine,
  mcpScript,
  openEvents,
  startScriptedServer,
} from '../testing/scripted-server.fixture.js'

let closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

const total = 256 * 1024 * 1024
const message = event(`{"jsonrpc":"2.0","method":"notifications/message","params":"${'x'.repeat(64 * 1024)}"}`)

// What a pipe, two sockets and the buffers between them hold is some megabytes.
it.runIf(process.platform === 'linux')('a host that does not read slows the server, not the memory', async () => {
  let written = 0
  let stall!: () => void
  const stalled = new Promise<void>((resolve) => (stall = resolve))
  const server = await startScriptedServer(
    mcpScript(({ response, message: { method } }) => {
      if (method !== 'tools/call') return response.writeHead(202).end()
      openEvents(response)
      const write = (): void => {
        while (written < total) {
          written += message.length
          if (response.write(message)) continue
          const timer = setTimeout(stall, 500)
          response.once('drain', () => {
            clearTimeout(timer)
            write()
          })
          return
        }
        stall()
      }
      write()
      return undefined
    }),
  )
  closers.push(server.close)
  const bridge = spawn(process.execPath, [binary, server.url.href], { stdio: ['pipe', 'pipe', 'ignore'] })
  closers.push(() => {
    bridge.kill('SIGKILL')
    return once(bridge, 'exit')
  })
  bridge.stdin.write(`${initializeLine}\n`)
  await once(bridge.stdout, 'data')
  bridge.stdout.pause()
  bridge.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
  bridge.stdin.write('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}\n')
  await stalled
  expect(written).toBeGreaterThan(message.length)
  expect(written).toBeLessThan(total / 4)
  const [, peak] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${bridge.pid}/status`, 'utf8')) ?? []
  expect(Number(peak) / 1024).toBeLessThan(160)
})
