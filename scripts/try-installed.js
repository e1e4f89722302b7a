import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const patienceMs = 60_000

/**
 * What a new user does: installs the tarballs into an empty folder, starts the command, and lists the tools of a real
 * server through it. Throws an Error that says what went wrong.
 */
export async function tryInstalled(tarballs, folder) {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const words = ['install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs]
  const { status, stderr } = spawnSync('npm', words, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`it can't be installed: ${stderr}`)

  const port = String(await freePort())
  const entry = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'))
  const env = { ...process.env, PORT: port }
  const server = spawn(process.execPath, [entry, 'streamableHttp'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let bridge
  try {
    await lineOf(server.stderr, (line) => line.includes('listening'))
    const command = join(folder, 'node_modules/mcp-tether/bin/mcp-tether.js')
    bridge = spawn(process.execPath, [command, `http://127.0.0.1:${port}/mcp`], { cwd: folder })
    const clientInfo = { name: 'check-packages', version: '0' }
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }
    send(bridge, { id: 0, method: 'initialize', params })
    send(bridge, { method: 'notifications/initialized' })
    send(bridge, { id: 1, method: 'tools/list' })
    const answer = await lineOf(bridge.stdout, (line) => JSON.parse(line).id === 1)
    if (!JSON.parse(answer).result?.tools?.some(({ name }) => name === 'echo')) throw new Error(`it answered ${answer}`)
  } finally {
    bridge?.kill()
    server.kill()
  }
}

function send({ stdin }, message) {
  stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
}

function lineOf(output, isMeant) {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: output })
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
