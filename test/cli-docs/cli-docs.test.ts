import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { format, resolveConfig } from 'prettier'
import { describe, expect, it } from 'vitest'
import { exitCodes, exitCodeTexts } from '../../packages/cli/src/command/exit-codes.js'
import { configOption } from '../../packages/cli/src/options/config-option.js'
import { optionTable } from '../../packages/cli/src/options/option-table.js'
import { resolveOptions } from '../../packages/cli/src/options/resolve-options.js'
import { badInputTable } from './bad-input.js'
import { configSchema } from './config-schema.js'
import { withGeneratedParts } from './generated-parts.js'
import { optionTables } from './option-tables.js'

const file = new URL(import.meta.url)
const pageUrl = new URL('../../docs/cli.md', file)
const schemaUrl = new URL('../../packages/cli/config.schema.json', file)

async function formatted(text: string, parser: 'json' | 'markdown'): Promise<string> {
  return format(text, { ...(await resolveConfig(pageUrl)), parser })
}

// Both files are written by `npx vitest run test/cli-docs -u`.
describe('what is made from the table of options', () => {
  it('the tables in docs/cli.md are current, and what it quotes is what the command says', async () => {
    const codes = Object.entries(exitCodes).map(
      ([name, code]) => `| ${code} | ${exitCodeTexts[name as keyof typeof exitCodes]} |`,
    )
    const page = withGeneratedParts(await readFile(pageUrl, 'utf8'), {
      options: optionTables(optionTable, { config: configOption }),
      'bad input': await badInputTable(),
      'exit codes': ['| code | meaning |', '| --- | --- |', ...codes].join('\n'),
    })
    await expect(await formatted(page, 'markdown')).toMatchFileSnapshot('../../docs/cli.md')
  })

  it('the schema of the configuration file is current', async () => {
    const schema = await formatted(JSON.stringify(configSchema(optionTable), undefined, 2), 'json')
    await expect(schema).toMatchFileSnapshot('../../packages/cli/config.schema.json')
  })
})

describe('the published schema', () => {
  const good: readonly Record<string, unknown>[] = [
    {},
    { $schema: './node_modules/mcp-tether/config.schema.json', url: 'https://example.com/mcp' },
    { url: 'http://localhost:3000/', headers: { Authorization: 'Bearer t', 'X-A': '1' } },
    { replay: 'never', recoveryTimeout: 0.5, outageBudget: 0, idleTimeout: 86_400, announceListChanges: 'always' },
    { dialects: {} },
    { dialects: { sessionGoneAs410: false, errorTextInOk: true }, verbose: true },
  ]
  const bad: readonly Record<string, unknown>[] = [
    { replya: 'never' },
    { url: 7 },
    { url: 'ftp://example.com/' },
    { headers: ['X-A: 1'] },
    { headers: { 'X-A': 1 } },
    { headers: { 'X A': '1' } },
    { replay: 'always' },
    { replay: null },
    { recoveryTimeout: 0 },
    { recoveryTimeout: '30' },
    { outageBudget: -1 },
    { outageBudget: 3601 },
    { idleTimeout: 90_000 },
    { announceListChanges: true },
    { dialects: 'all' },
    { dialects: { sessionGone: false } },
    { dialects: { sessionGoneAs410: 'no' } },
    { verbose: 'yes' },
  ]

  async function validator() {
    return new Ajv2020({ strict: true }).compile(JSON.parse(await readFile(schemaUrl, 'utf8')) as object)
  }

  /** What the bridge itself makes of the same values. */
  function bridgeTakes(values: Record<string, unknown>): boolean {
    if (Object.keys(values).some((key) => !Object.hasOwn(optionTable, key) && key !== '$schema')) return false
    try {
      const file = { name: 'f', directory: '/', values }
      resolveOptions(optionTable, { commandLine: {}, environment: {}, directory: '/', file })
      return true
    } catch {
      return false
    }
  }

  it.each(good)('accepts what the bridge accepts: %j', async (values) => {
    const validate = await validator()
    expect([validate(values), validate.errors]).toEqual([true, null])
    expect(bridgeTakes(values)).toBe(true)
  })

  it.each(bad)('refuses what the bridge refuses: %j', async (values) => {
    expect((await validator())(values)).toBe(false)
    expect(bridgeTakes(values)).toBe(false)
  })

  it('is in the package', async () => {
    const manifest = await readFile(new URL('../../packages/cli/package.json', file), 'utf8')
    expect(JSON.parse(manifest)).toMatchObject({
      files: expect.arrayContaining(['config.schema.json']) as unknown,
      exports: { './config.schema.json': './config.schema.json' },
    })
  })
})
