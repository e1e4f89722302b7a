import { execFile } from 'node:child_process'
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const binary = fileURLToPath(new URL('../../packages/cli/bin/mcp-tether.js', import.meta.url))

/** What the page calls the directory that the commands run in. */
const shownDirectory = '/home/me'

const url = 'https://example.com/mcp'

const files: Readonly<Record<string, string>> = {
  'broken.json': '{\n  "url": "https://example.com/mcp"\n  "replay": "never"\n}\n',
  'list.json': '[]',
  'typo.json': '{ "outageBuget": 5 }',
  'type.json': '{ "outageBudget": "5" }',
  'range.json': '{ "outageBudget": -5 }',
  'secret.json': '{ "headers": { "Authorization": "Bearer ${TOKEN}" } }',
  'headers.txt': 'Authorization Bearer\n',
  'no.pem': 'no certificate\n',
}

interface BadInput {
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** One for each class of message. */
const cases: readonly BadInput[] = [
  { args: [] },
  { args: ['example.com/mcp'] },
  { args: ['ftp://example.com/mcp'] },
  { args: ['https://me:secret@example.com/mcp'] },
  { args: ['http://example.com/mcp'] },
  { args: [url, 'more'] },
  { args: [url, '--outage-buget', '5'] },
  { args: [url, '--outage-budget'] },
  { args: [url, '--outage-budget', '-5'] },
  { args: [url, '--replay', 'always'] },
  { args: [url, '--dialects', 'all,-none'] },
  { args: [url, '--log-level', 'loud'] },
  { args: [url], environment: { MCP_TETHER_VERBOSE: 'maybe' } },
  { args: [url, '--header', 'sk-secret'] },
  { args: [url, '--header', 'Bad name: secret'] },
  { args: [url, '--header', 'Host: example.com'] },
  { args: [url, '--header', 'Authorization: Bearer ${TOKEN}'] },
  { args: [url, '--header', 'X-Name: €'] },
  { args: [url, '--header-file', 'headers.txt'] },
  { args: [url, '--ca', 'missing.pem'] },
  { args: [url, '--ca', 'no.pem'] },
  { args: [url, '--log-file', 'missing/tether.log'] },
  { args: [url, '--log-file', '.'] },
  { args: ['--config', 'missing.json'] },
  { args: ['--config', '.'] },
  { args: ['--config', 'broken.json'] },
  { args: ['--config', 'list.json'] },
  { args: ['--config', 'typo.json'] },
  { args: ['--config', 'type.json', url] },
  { args: ['--config', 'range.json', url] },
  { args: ['--config', 'secret.json', url] },
]

/** What the real command says to each, as a Markdown table. */
export async function badInputTable(): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'mcp-tether-')))
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content)
    const rows: string[] = []
    for (const each of cases) rows.push(await row(each, directory))
    return ['| input | what stderr says | code |', '| --- | --- | --- |', ...rows].join('\n')
  } finally {
    await rm(directory, { recursive: true })
  }
}

async function row({ args, environment = {} }: BadInput, directory: string): Promise<string> {
  const { exitCode, stdout, stderr } = await run(args, environment, directory)
  if (stdout !== '') throw new Error(`stdout is the protocol's, and has: ${stdout}`)
  const [message = '', ...more] = stderr.trim().split('\n')
  if (more.length > 0) throw new Error(`expected one line, and not: ${stderr}`)
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  const input = [...variables, ...args.map(quoted)].join(' ')
  const said = message.replace(/^mcp-tether: /, '').replaceAll(directory, shownDirectory)
  return `| ${input === '' ? 'nothing' : code(input)} | ${code(said)} | ${exitCode} |`
}

/** Runs the command to its end; its stdin is closed. */
function run(args: readonly string[], environment: Readonly<Record<string, string>>, directory: string) {
  return new Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }>(
    (resolve) => {
      const env = { ...process.env, ...environment }
      const child = execFile(process.execPath, [binary, ...args], { cwd: directory, env }, (_error, stdout, stderr) => {
        resolve({ exitCode: child.exitCode, stdout, stderr })
      })
      child.stdin?.end()
    },
  )
}

function quoted(word: string): string {
  return /^[\w:/.=,@-]+$/.test(word) ? word : `'${word}'`
}

function code(text: string): string {
  return `\`${text.replaceAll('|', String.raw`\|`)}\``
}
