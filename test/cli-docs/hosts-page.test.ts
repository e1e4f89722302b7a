import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { hosts } from '../../packages/cli/src/hosts/known/host-table.js'
import { runCli } from '../../packages/cli/src/testing/cli-process.fixture.js'

const page = await readFile(new URL('../../docs/hosts.md', import.meta.url), 'utf8')

/** Each command of the page that adds a server, and the file that it says comes out. */
const samples = [...page.matchAll(/```sh\nnpx mcp-tether (add .*)\n```\n\n```(?:json|toml)\n([^`]*)```/g)].map(
  ([, command = '', file = '']) => ({ command, file }),
)

/** Words as a shell reads them that only knows single quotes. */
const words = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')

it('has a sample of every host, and a section', () => {
  expect(samples.map(({ command }) => words(command)[1])).toEqual(hosts.map(({ id }) => id))
  for (const { title } of hosts) expect(page).toContain(`\n## ${title}\n`)
})

it.each(samples)('$command', async ({ command, file }) => {
  const home = await mkdtemp(join(tmpdir(), 'mcp-tether-docs-'))
  try {
    await mkdir(join(home, 'elsewhere'))
    const args = words(command).filter((word, index, all) => word !== '--scope' && all[index - 1] !== '--scope')
    const { code } = await runCli(args, {
      HOME: home,
      USERPROFILE: home,
      XDG_CONFIG_HOME: '',
      MCP_TETHER_HOME: join(home, 'elsewhere'),
    })
    expect(code).toBe(0)
    const names = (await readdir(home, { recursive: true })).filter((name) => /\.(json|toml)$/.test(name))
    const texts = await Promise.all(names.map((name) => readFile(join(home, name), 'utf8')))
    // The page is formatted, and has short lists of JSON in one line.
    const comparable = (text: string): unknown => (text.startsWith('{') ? JSON.parse(text) : text)
    expect(texts.map(comparable)).toEqual([comparable(file)])
  } finally {
    await rm(home, { recursive: true })
  }
})
