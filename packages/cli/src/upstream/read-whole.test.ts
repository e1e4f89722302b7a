import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { readWhole } from './read-whole.js'

function body() {
  const message = new IncomingMessage(new Socket())
  return { message, from: { message, source: message, reusedSocket: false, signal: undefined } }
}

it('joins characters that come in two pieces', async () => {
  const { message, from } = body()
  const text = readWhole(from)
  message.push(Buffer.from([0xc3]))
  message.push(Buffer.from([0xa9]))
  message.push(null)
  expect(await text).toBe('é')
})

it('gives up what grows too large, and reads no more of it', async () => {
  const { message, from } = body()
  const text = readWhole(from, 10)
  message.push(Buffer.alloc(6))
  message.push(Buffer.alloc(6))
  await expect(text).rejects.toMatchObject({ message: 'terminated', cause: { code: 'ERR_TOO_LARGE', sent: true } })
  expect(message.destroyed).toBe(true)
})
