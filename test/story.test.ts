import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const story = fileURLToPath(new URL('../examples/story/dist/main.js', import.meta.url))

it('npm start tells of a real server that dies, and of a call that is answered all the same', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [story], { env: { ...process.env, NO_COLOR: '1' } })
  const wire = stdout
    .slice(stdout.indexOf('3. The next tool call'))
    .split('\n')
    .map((line) => /^ +\d+ ms {2}(\S+(?: #\d+)?) +(no session|session [A-Z]) +→ (\S+)/.exec(line)?.slice(1).join(' '))
    .filter((line) => line !== undefined && !line.startsWith('GET'))
  expect(wire).toEqual([
    'tools/call #2 session A 400',
    'initialize no session 200',
    'notifications/initialized session B 202',
    'tools/call #2 session B 200',
  ])
  expect(stdout).toMatch(/with mcp-tether +the model sees after +\d+ ms: Echo: after/)
  expect(stdout).toMatch(/without +the model sees after +\d+ ms: ERROR .*No valid session ID/)
  expect(stdout).toContain('The server died, and the call was answered.')
})
