import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const script = fileURLToPath(new URL('../scripts/survival/dist/main.js', import.meta.url))
const page = new URL('../docs/survival.md', import.meta.url)

async function run(args: readonly string[], stopWhen?: string) {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    if (stopWhen === undefined || !stdout.includes(stopWhen)) return
    stopWhen = undefined
    child.kill('SIGTERM')
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

it('explains itself', async () => {
  const { code, stdout } = await run(['--help'])
  expect(code).toBe(0)
  expect(stdout).toContain('npm run survival -- --face bridge')
})

it.each([
  [['--face', 'nobody'], 'no face "nobody"; there are: SDK v1 alone'],
  [['--parallel', '0'], 'a whole number from 1 to 64'],
  [['--nonsense'], '--nonsense'],
])('refuses %j', async (args, says) => {
  const { code, stderr } = await run(args)
  expect(code).toBe(2)
  expect(stderr).toContain(says)
})

it('prints the table of a part, and leaves the page alone', async () => {
  const before = readFileSync(page, 'utf8')
  const { code, stdout, stderr } = await run(['--face', 'fetch', '--face', 'fetch alone', '--scenario', 'two-losses'])
  expect(stdout).toContain('| scenario | what it is about | fetch alone | fetch |')
  expect(stdout).toContain('| `two-losses` | Two losses in a row are two recoveries | leaked | ✓ |')
  expect(stderr).toContain('2 of 2 played in')
  // A client that has no recovery is not expected to survive.
  expect(code).toBe(0)
  expect(readFileSync(page, 'utf8')).toBe(before)
})

it('ends cleanly when it is told to', async () => {
  const { code, stdout } = await run(['--json', '--face', 'fetch', '--parallel', '1'], '"scenario"')
  expect(code).toBe(143)
  const [first = '', second = ''] = stdout.split('\n')
  expect(JSON.parse(first)).toEqual({ plays: expect.any(Number) as number })
  expect(JSON.parse(second)).toMatchObject({ scenario: 'wire-contract', face: 'fetch' })
})
