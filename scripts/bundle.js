/**
 * Makes the files that people start: the command line and everything that it loads at once in one file, what it loads on
 * demand (`import()`) in files beside it. They are made of the readable build in dist/, which stays next to them, and
 * start in half of its time: a process that loads a hundred small modules does little else for 150 ms.
 *
 * They lie as deep as the readable files of a room, so that `../../package.json` is the same file for both. There are no
 * source maps: nothing prints a stack, and they would be three times as large as the code.
 *
 *   npm run build            (runs it)
 *   node scripts/bundle.js --clean   (removes them)
 */
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const dist = fileURLToPath(new URL('../packages/cli/dist', import.meta.url))
const target = `${dist}/bundle`

await rm(target, { recursive: true, force: true })
if (!process.argv.includes('--clean')) {
  const bundle = await rolldown({
    input: { main: `${dist}/main.js` },
    platform: 'node',
    // jsonc-parser's "main" is a UMD file that requires its parts where no bundler sees it.
    resolve: { mainFields: ['module', 'main'] },
    // `open` looks for the script that lies in its own package.
    external: ['open'],
    // What one command loads on demand, another may need at once.
    checks: { ineffectiveDynamicImport: false },
  })
  const isLoadedAtOnce = staticGraphOf(`${dist}/main.js`)
  await bundle.write({
    dir: target,
    // Without this, whatever a file on demand needs too becomes one more file to load at the start.
    codeSplitting: {
      groups: [{ name: (id, modules) => (isLoadedAtOnce(id, modules) ? 'core' : null), debugName: 'core' }],
    },
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // Names stay: some code tells errors by them.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  })
  await bundle.close()
}

/** Tells whether a module is loaded with `entry`: it, or somebody who is, imports it with `import … from`. */
function staticGraphOf(entry) {
  let graph
  return (id, modules) => {
    if (!graph) {
      graph = new Set()
      const waiting = [...modules.getModuleInfo(entry).importedIds]
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        if (graph.has(next)) continue
        graph.add(next)
        waiting.push(...(modules.getModuleInfo(next)?.importedIds ?? []))
      }
    }
    return graph.has(id)
  }
}
