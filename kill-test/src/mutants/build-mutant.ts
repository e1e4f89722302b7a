import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import ts from 'typescript'
import type { Mutant } from './mutant.js'

/**
 * Puts a bug into a copy of the built @mcp-tether/server.
 * @param root the workspace
 * @param folder an empty folder for the copy
 * @returns the module of the copy
 * @throws Error when the bug no longer fits the source
 */
export async function buildMutant({ name, file, find, replace }: Mutant, root: string, folder: string) {
  const original = join(root, 'packages/server')
  const source = await readFile(join(original, 'src', file), 'utf8')
  const found = source.split(find).length - 1
  if (found !== 1) throw new Error(`"${name}": what it replaces is found ${found} times in ${file}.`)
  await mkdir(folder, { recursive: true })
  await cp(join(original, 'dist'), join(folder, 'dist'), { recursive: true })
  await cp(join(original, 'package.json'), join(folder, 'package.json'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  const { outputText } = ts.transpileModule(
    source.replace(find, () => replace),
    { compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true } },
  )
  await writeFile(join(folder, 'dist', file.replace(/\.ts$/, '.js')), outputText)
  return join(folder, 'dist/index.js')
}
