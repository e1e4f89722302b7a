import { describe, expect, it } from 'vitest'
import { stdioFace } from './stdio-face.js'

/** A command that speaks MCP over stdio, and behaves as `more` says: `on(message, send)` sees each message first. */
function face(more = '') {
  const program = `
    const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n')
    let on = () => false
    ${more}
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const message = JSON.parse(line)
      if (on(message)) return
      if (message.method === 'initialize') send({ id: message.id, result: { protocolVersion: '2025-11-25' } })
      else if (message.method === 'tools/call') send({ id: message.id, result: { argv: process.argv.slice(1), ...message.params } })
      else if (message.method === 'fail') send({ id: message.id, error: { code: -32001, message: 'no', data: { why: 1 } } })
      else if (message.result) send({ method: 'notifications/answered', params: message.result })
    })`
  return stdioFace({ command: process.execPath, args: ['-e', program, '--'] })
}

const url = 'http://127.0.0.1:1/mcp'

describe('the stdio face', () => {
  it('calls, gives headers and the URL to the command, and ends with exit code 0', async () => {
    const client = await face().connect(url, { headers: { 'X-Tenant': 'acme' } })
    expect(await client.callTool('read_value', { key: 'a' })).toEqual({
      argv: ['--header', 'X-Tenant: acme', url],
      name: 'read_value',
      arguments: { key: 'a' },
    })
    await expect(client.request('fail')).rejects.toMatchObject({ code: -32001, data: { why: 1 } })
    expect(client.troubles()).toEqual([])
    await client.close()
  })

  it('answers the server’s questions', async () => {
    const asking = face(`
      on = (message) => {
        if (message.method === 'notifications/initialized') send({ id: 'q', method: 'roots/list' })
        return false
      }`)
    let seen!: (message: unknown) => void
    const answered = new Promise((resolve) => (seen = resolve))
    const client = await asking.connect(url, { handlers: { 'roots/list': () => ({ roots: [] }) } })
    client.onNotification((message) => {
      seen(message.params)
    })
    expect(await answered).toEqual({ roots: [] })
    await client.close()
  })

  it('finds lines on stdout that are no protocol', async () => {
    const client = await face(`console.log('listening …')`).connect(url)
    expect(client.troubles()).toEqual([{ kind: 'wrong', text: 'a line on stdout is no JSON-RPC message: listening …' }])
    await client.close()
  })

  it('says that the process died, and what it said last', async () => {
    const dying = face(`
      on = (message) => {
        if (message.method !== 'tools/call') return false
        process.stderr.write('out of luck', () => process.exit(3))
        return true
      }`)
    const client = await dying.connect(url)
    await expect(client.callTool('read_value', {})).rejects.toThrow('ended by itself (3)')
    expect(client.troubles()).toEqual([{ kind: 'crash', text: 'the process ended by itself (3); stderr: out of luck' }])
    await client.close()
  })

  it('cancels with a notification', async () => {
    const slow = face(`
      on = (message) => {
        if (message.method === 'notifications/cancelled') send({ method: 'notifications/saw', params: message.params })
        return message.method === 'tools/call'
      }`)
    const client = await slow.connect(url)
    let seen!: (message: unknown) => void
    const cancelled = new Promise((resolve) => (seen = resolve))
    client.onNotification((message) => {
      seen(message.params)
    })
    const caller = new AbortController()
    const call = client.callTool('read_value', {}, { signal: caller.signal })
    caller.abort()
    await expect(call).rejects.toThrow('gave up')
    expect(await cancelled).toEqual({ requestId: 2, reason: 'the caller gave up' })
    await client.close()
  })

  it('knows when everything was read, from a line the command answers by itself', async () => {
    const program = `
      let read = 0
      process.stdin.on('data', (chunk) => {
        for (const line of String(chunk).trim().split('\\n')) {
          read++
          if (line === '{') console.log(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32700, message: String(read) } }))
          else if (line.includes('initialize"')) console.log(JSON.stringify({ jsonrpc: '2.0', id: 1, result: {} }))
        }
      })`
    const command = { command: process.execPath, args: ['-e', program, '--'], answeredLocally: '{' }
    const client = await stdioFace(command).connect(url)
    await client.notify('notifications/one')
    await client.flushed()
    expect(client.troubles()).toEqual([])
    await client.close()
    await client.flushed()
  })

  it('ends a process that does not end by itself, and says so', async () => {
    const client = await face('setInterval(() => undefined, 1000)').connect(url)
    await expect(client.close()).rejects.toThrow('had to be killed')
  })

  it('reports a command that is not there', async () => {
    await expect(stdioFace({ command: '/no/such/command' }).connect(url)).rejects.toThrow('could not be started')
  })

  it('reports an exit code other than 0', async () => {
    const client = await face(`process.on('exit', () => { process.exitCode = 5 })`).connect(url)
    await expect(client.close()).rejects.toThrow('exit code 5')
  })
})
