import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const patienceMs = 60_000

/**
 * What a new user does: installs the tarballs into an empty folder, starts the command, lists the tools of a real server
 * through it, restarts the server, and calls one. Throws an Error that says what went wrong.
 */
export async function tryInstalled(tarballs, folder) {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const words = ['install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs]
  const { status, stderr } = spawnSync('npm', words, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`it can't be installed: ${stderr}`)

  const port = String(await freePort())
  let server = await startServer(port)
  let bridge
  try {
    const command = join(folder, 'node_modules/mcp-tether/bin/mcp-tether.js')
    bridge = spawn(process.execPath, [command, `http://127.0.0.1:${port}/mcp`], { cwd: folder })
    const answers = createInterface({ input: bridge.stdout })
    const clientInfo = { name: 'check-packages', version: '0' }
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }
    send(bridge, { id: 0, method: 'initialize', params })
    send(bridge, { method: 'notifications/initialized' })
    send(bridge, { id: 1, method: 'tools/list' })
    const list = await answerTo(1, answers)
    if (!list.result?.tools?.some(({ name }) => name === 'echo')) throw new Error(`it answered ${JSON.stringify(list)}`)

    server.kill('SIGKILL')
    await once(server, 'exit')
    server = await startServer(port)
    send(bridge, { id: 2, method: 'tools/call', params: { name: 'echo', arguments: { message: 'still here' } } })
    const echo = await answerTo(2, answers)
    if (!JSON.stringify(echo.result ?? {}).includes('still here')) {
      throw new Error(`after the restart it answered ${JSON.stringify(echo)}`)
    }
  } finally {
    bridge?.kill()
    server.kill()
  }
}

async function startServer(port) {
  const entry = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'))
  const env = { ...process.env, PORT: port }
  const server = spawn(process.execPath, [entry, 'streamableHttp'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  await lineOf(createInterface({ input: server.stderr }), (line) => line.includes('listening'))
  return server
}

async function answerTo(id, lines) {
  return JSON.parse(await lineOf(lines, (line) => JSON.parse(line).id === id))
}

function send({ stdin }, message) {
  stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
}

function lineOf(lines, isMeant) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nothing came within ${patienceMs / 1000} s`)), patienceMs)
    lines.on('line', (line) => {
      if (!isMeant(line)) return
      clearTimeout(timer)
      resolve(line)
    })
    lines.once('close', () => {
      clearTimeout(timer)
      reject(new Error('it ended without an answer'))
    })
  })
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
