import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { lossRules } from '../packages/client/src/recovery/loss-rules.js'

const root = resolve(import.meta.dirname, '..')

function markdownFiles(): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !/(^|\/)(node_modules|dist|\.[^/]+)\//.test(name))
    .map((name) => join(root, name))
}

/** Every ```ts block of the documentation, as a module that stands beside this file. */
function samples(): Map<string, string> {
  const blocks = markdownFiles().flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ''], index): [string, string] => [
      join(import.meta.dirname, `${relative(root, file).replaceAll(/[/.]/g, '-')}-${String(index)}.sample.ts`),
      `${code}\nexport {}\n`,
    ]),
  )
  return new Map(blocks)
}

describe('the documentation', () => {
  it('has code that compiles', { timeout: 60_000 }, () => {
    const files = samples()
    expect(files.size).toBeGreaterThan(2)
    const { config } = ts.readConfigFile(join(root, 'tsconfig.test.json'), ts.sys.readFile.bind(ts.sys)) as {
      config: object
    }
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
    const host = ts.createCompilerHost(options)
    const onDisk = { ...host }
    host.fileExists = (name) => files.has(name) || onDisk.fileExists(name)
    host.readFile = (name) => files.get(name) ?? onDisk.readFile(name)
    const program = ts.createProgram([...files.keys()], { ...options, noUnusedLocals: false }, host)
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
    expect(problems).toEqual([])
  })

  it('has links that lead somewhere', () => {
    const dead = markdownFiles().flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)]
        .map(([, target = '']) => resolve(file, '..', target))
        .filter((target) => !ts.sys.fileExists(target) && !ts.sys.directoryExists(target))
        .map((target) => `${relative(root, file)} → ${relative(root, target)}`),
    )
    expect(dead).toEqual([])
  })

  it('describes every rule by which a loss is told', async () => {
    const verdicts = {
      replay: '**Lost**: the session is renewed and the request sent again: it was refused before it was run.',
      'heal-only':
        '**Lost, outcome unknown**: the session is renewed, and the request is sent again only if it is safe to repeat.',
      'not-lost': '**Not lost**: the answer is the caller’s.',
      'header-lost': '**Session id lost on the way**: nothing is renewed; the caller is told so.',
      'version-withdrawn': '**No sessions any more**: nothing is renewed; the answer is the caller’s.',
    }
    const sections = lossRules.map(({ name, conclusion, replay, reason, servers, statuses, dialect }) =>
      [
        `## \`${name}\``,
        '',
        reason,
        '',
        `- ${verdicts[replay ?? conclusion]}`,
        `- Status: ${statuses.join(', ')}`,
        `- Known from: ${servers}`,
        ...(dialect === undefined ? [] : [`- Switched off by the option \`dialects: { ${dialect}: false }\``]),
      ].join('\n'),
    )
    const text = [
      '# How a lost session is told',
      'The rules are tried in this order and the first that matches decides. They apply to the answer to a request of a\nsession of ours; never to the answer to `initialize` or DELETE. What no rule is about is not lost.',
      'A body is read only where its status can mean something else than "not lost", and only its beginning. Of a 200 only\nthat which is whole and small by its own account (JSON or events with a `Content-Length` up to 512, not compressed)\nand has no `Mcp-Session-Id`: an answer that streams is never looked at, nor held. The caller gets every body whole.',
      'One loss no single answer tells: `persistent-server-error`. Some servers fail with 500, 502 or 503 on a session that\nthey do not know (neotoma before September 2026, Microsoft’s mcp-gateway). After three such answers in a row that are\nno JSON-RPC error on the request’s own id, and then each time their number has doubled, the session is asked with a\n`ping`; where that fails in the same way while a fresh `initialize` works, the session is lost. What was answered 503 is\nsent again; after 500 and 502 only what is safe to repeat. `dialects: { persistentServerError: false }` switches it off.',
      'This page is written by `npx vitest run test/docs.test.ts -u` from `packages/client/src/recovery/rules/`.',
      ...sections,
    ].join('\n\n')
    await expect(`${text}\n`).toMatchFileSnapshot('../docs/loss-rules.md')
  })
})
