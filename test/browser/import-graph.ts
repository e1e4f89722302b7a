import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'

export interface ImportGraph {
  /** Every module that is loaded, the entry first. */
  readonly modules: readonly string[]
  /** Specifiers of Node's own modules, with or without `node:`. */
  readonly builtins: readonly string[]
}

/** Follows all imports of an ES module through its own files and its dependencies, as a browser's bundler would. */
export function importGraph(entry: string): ImportGraph {
  const modules = [entry]
  const builtins: string[] = []
  for (const module of modules) {
    for (const specifier of specifiersIn(readFileSync(fileURLToPath(module), 'utf8'))) {
      if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
        builtins.push(`${specifier} in ${module}`)
        continue
      }
      const resolved = specifier.startsWith('.') ? new URL(specifier, module).href : import.meta.resolve(specifier)
      if (!modules.includes(resolved)) modules.push(resolved)
    }
  }
  return { modules, builtins }
}

/** The specifiers of static and dynamic imports, of re-exports and of `require`. */
export function specifiersIn(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const found = code.matchAll(/(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*(['"])([^'"\n]+)\1/g)
  return [...found].map(([, , specifier = '']) => specifier)
}
