import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium, whyNoChromium } from './browser/chromium.js'
import { importGraph, specifiersIn } from './browser/import-graph.js'
import type { PageGlobals } from './browser/page.js'
import { serveBrowser } from './browser/serve.js'

const root = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

describe('the root entry of @mcp-tether/client', () => {
  it('imports nothing of Node', () => {
    const { modules, builtins } = importGraph(new URL('../packages/client/dist/index.js', import.meta.url).href)
    expect(builtins).toEqual([])
    expect(modules.some((module) => module.endsWith('/fetch/with-session-recovery.js'))).toBe(true)
    expect(modules.some((module) => module.includes('/eventsource-parser/'))).toBe(true)
  })

  it('would be seen to import something of Node', () => {
    expect(specifiersIn("import a from 'x'\nexport * from './y.js'\nimport 'fs'\nawait import('node:z')")).toEqual(
      expect.arrayContaining(['x', './y.js', 'fs', 'node:z']),
    )
    const server = new URL('../packages/survival/dist/fault-server/fault-server.js', import.meta.url).href
    expect(importGraph(server).builtins).toContain(`node:http in ${server}`)
  })
})

describe.skipIf(whyNoChromium)(`in Chromium${whyNoChromium ? ` (left out: ${whyNoChromium})` : ''}`, () => {
  let assets = ''
  let browser: Browser | undefined

  beforeAll(async () => {
    assets = await mkdtemp(join(tmpdir(), 'mcp-tether-browser-'))
    await build({
      configFile: false,
      logLevel: 'error',
      root: root('browser/'),
      build: {
        outDir: assets,
        minify: false,
        rolldownOptions: {
          input: { page: root('browser/page.ts'), worker: root('browser/worker.ts') },
          preserveEntrySignatures: 'strict',
          output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
        },
      },
    })
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    await rm(assets, { recursive: true, force: true })
  })

  it.each(['page', 'worker'] as const)('a %s gets through the loss of its session', async (where) => {
    const { origin, fault, close } = await serveBrowser(assets)
    try {
      browser ??= await launchChromium()
      const page = await browser.newPage()
      await page.goto(origin)
      const report = await page.evaluate((it) => {
        const { converseInPage, converseInWorker } = globalThis as PageGlobals
        return it === 'page' ? converseInPage?.() : converseInWorker?.()
      }, where)

      expect(report?.scope).toBe(where === 'page' ? '[object Window]' : '[object DedicatedWorkerGlobalScope]')
      const answerTo = (id: number) => ({
        jsonrpc: '2.0',
        id,
        result: {
          content: [{ type: 'text', text: JSON.stringify({ tool: 'append_value', arguments: { key: `call-${id}` } }) }],
          isError: false,
        },
      })
      expect(report?.answers).toEqual([answerTo(2), answerTo(3)])
      // One id for the client, two for the server.
      expect(new Set(report?.sessionIds.filter((id) => id !== null))).toEqual(new Set(fault.mintedIds.slice(0, 1)))
      expect(fault.mintedIds).toHaveLength(2)
      const said = fault.log.exchanges.map(({ body, status }) => `${methodIn(body)} ${String(status)}`)
      expect(said).toEqual([
        ...['initialize 200', 'notifications/initialized 202', 'tools/call 200', 'tools/call 404'],
        ...['initialize 200', 'notifications/initialized 202', 'tools/call 200'],
      ])
      expect(fault.executions.of('append_value', 'call-3')).toBe(1)
      expect(report?.events).toContain('request-replayed')
      await page.close()
    } finally {
      close()
    }
  })
})

function methodIn(body: string): string {
  return (JSON.parse(body) as { method?: string }).method ?? ''
}
