import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

/** Which other workspace packages a package may import. Arrows point down only. */
const packages: Readonly<Record<string, readonly string[]>> = {
  client: [],
  store: [],
  server: ['@mcp-tether/store'],
  survival: [],
  cli: ['@mcp-tether/client', '@mcp-tether/client/internal'],
}

/** The rooms of `client`, top to bottom: a room imports only rooms below it. */
const rooms = ['fetch', 'stream', 'recovery', 'session', 'wire', 'base']

const importPattern =
  /(?:^|\n)\s*(?:import|export)\b[^'"]*?from\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)import\s*'([^']+)'/g

function sources(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(name))
    .map((name) => join(directory, name))
}

function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(importPattern)].map(([, a, b, c]) => a ?? b ?? c ?? '')
}

/** Every import that goes where it must not, as `file → target`. */
function offences(directory: string, isAllowed: (file: string, target: string) => boolean): string[] {
  return sources(directory).flatMap((file) =>
    importsOf(file)
      .filter((target) => !isAllowed(file, target))
      .map((target) => `${relative(root, file)} → ${target}`),
  )
}

describe.each(Object.entries(packages))('package %s', (name, allowed) => {
  const directory = join(root, 'packages', name, 'src')

  it('has sources that import something', () => {
    expect(sources(directory).flatMap(importsOf)).not.toHaveLength(0)
  })

  it('imports only the packages below it, by name', () => {
    const found = offences(directory, (file, target) => {
      if (target.startsWith('.')) return !relative(directory, resolve(dirname(file), target)).startsWith('..')
      const isOurs = target.startsWith('@mcp-tether/') || target.startsWith('mcp-tether')
      return !isOurs || allowed.includes(target)
    })
    expect(found).toEqual([])
  })
})

describe('client', () => {
  const source = join(root, 'packages/client/src')
  const roomOf = (path: string) => relative(source, path).split('/')[0] ?? ''

  it('has rooms that import only the rooms below them', () => {
    const found = offences(source, (file, target) => {
      if (!target.startsWith('.') || !rooms.includes(roomOf(file))) return true
      return rooms.indexOf(roomOf(resolve(dirname(file), target))) >= rooms.indexOf(roomOf(file))
    })
    expect(found).toEqual([])
  })

  it('has no other rooms', () => {
    const others = new Set(sources(source).map(roomOf))
    expect([...others].filter((room) => !['index.ts', 'internal.ts'].includes(room) && !rooms.includes(room))).toEqual(
      [],
    )
  })

  it('imports no Node built-in', () => {
    expect(offences(source, (_file, target) => !target.startsWith('node:'))).toEqual([])
  })
})
