import { readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { canPlay, scenarios } from '@mcp-tether/survival'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { recoveringFaces } from '../scripts/survival/src/faces.js'

const docs = resolve(import.meta.dirname, '../docs')
const page = readFileSync(resolve(docs, 'compare.md'), 'utf8')

interface Row {
  readonly number: number
  readonly bridge: string
  readonly middleware: string
  readonly others: string
  /** Names of scenarios. */
  readonly scenarios: readonly string[]
  readonly tests: readonly { readonly file: string; readonly title: string }[]
}

/** The rows about servers: their columns are called `server` and `store`. */
const serverRows = [42, 43, 44, 48, 49, 50]

const allRows: readonly Row[] = page
  .split('\n')
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  .filter(([, number = '']) => /^\d+$/.test(number))
  .map(([, number, , bridge = '', middleware = '', shownBy = '', others = '']) => ({
    ...{ number: Number(number), bridge, middleware, others },
    scenarios: [...shownBy.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    tests: [...shownBy.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, title = '', target = '']) => ({
      ...{ file: relative(resolve(docs, '..'), resolve(docs, target)), title },
    })),
  }))

const rows = allRows.filter(({ number }) => !serverRows.includes(number))

/** The titles of the tests in a file; one that is left out for good is none. */
function titlesIn(file: string): Set<string> {
  const text = readFileSync(resolve(docs, '..', file), 'utf8')
  const titles = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^it\b(?!\.(skip|todo|fails)\b)/.test(node.expression.getText())) {
      const [title] = node.arguments
      if (title && ts.isStringLiteralLike(title)) titles.add(title.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true))
  return titles
}

/** The scenarios that the face of this name plays. */
function playedBy(name: string): Set<string> {
  const maker = recoveringFaces.find((face) => face.name === name)
  if (!maker) throw new Error(`there is no face "${name}"`)
  const face = maker.make()
  return new Set(scenarios.filter((scenario) => canPlay(face, scenario)).map((scenario) => scenario.name))
}

const onTheBridge = playedBy('bridge')
const onTheMiddleware = playedBy('SDK v2')
/** Where tests go through the bridge, and where through the middleware. */
const bridgeFiles = /^packages\/cli\/|^test\/sign-in/
const middlewareFiles = /^packages\/client\/|^test\/(oauth|types)/
const serverFiles = /^packages\/server\/|^examples\/persistent-server\//
const storeFiles = /^packages\/store\//

describe('docs/compare.md', () => {
  it('has the rows that are ours by now, each once', () => {
    const expected = [...Array.from({ length: 37 }, (_, index) => index + 1), ...serverRows, 51]
    expect(allRows.map(({ number }) => number).sort((a, b) => a - b)).toEqual(expected)
  })

  describe.each(allRows)('row $number', ({ others, scenarios, tests }) => {
    it('names tests that exist', () => {
      for (const { file, title } of tests) expect(titlesIn(file), file).toContain(title)
      const known = new Set([...onTheBridge, ...onTheMiddleware])
      for (const name of scenarios) expect(known).toContain(name)
    })

    it('says how it is elsewhere', () => {
      expect(others).toMatch(/\.$/)
    })
  })

  describe.each(allRows.filter((row) => !rows.includes(row)))(
    'row $number, about servers',
    ({ bridge: server, middleware: store, tests }) => {
      it.each([
        ['server', server, serverFiles],
        ['store', store, storeFiles],
      ])('says of the %s what a test of it shows', (_column, cell, files) => {
        expect(cell).toMatch(/^[Y–]($|: )/)
        expect(tests.some(({ file }) => files.test(file))).toBe(cell.startsWith('Y'))
      })
    },
  )

  describe.each(rows)('row $number', ({ bridge, middleware, scenarios, tests }) => {
    it('is yes for the bridge, by a test that goes through it', () => {
      expect(bridge).toMatch(/^Y($|: )/)
      const shown = scenarios.some((name) => onTheBridge.has(name)) || tests.some(({ file }) => bridgeFiles.test(file))
      expect(shown).toBe(true)
    })

    it('says of the middleware what a test of it shows', () => {
      expect(middleware).toMatch(/^[Y–]($|: )/)
      const isShown =
        scenarios.some((name) => onTheMiddleware.has(name)) || tests.some(({ file }) => middlewareFiles.test(file))
      expect(isShown).toBe(middleware.startsWith('Y'))
    })
  })
})
