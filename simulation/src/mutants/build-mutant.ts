import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import ts from 'typescript'
import type { Mutant } from './mutant.js'

/**
 * Puts a bug into a copy of the built engine.
 * @param root the workspace
 * @param folder an empty folder for the copy
 * @returns the module of the copy. Throws an Error when the bug no longer fits the source.
 */
export async function buildMutant(mutant: Mutant, root: string, folder: string): Promise<string> {
  const engine = join(root, 'packages/client')
  const source = await readFile(join(engine, 'src', mutant.file), 'utf8')
  const found = source.split(mutant.find).length - 1
  if (found !== 1) {
    throw new Error(`"${mutant.name}": what it replaces is found ${String(found)} times in ${mutant.file}.`)
  }
  await mkdir(folder, { recursive: true })
  await cp(join(engine, 'dist'), join(folder, 'dist'), { recursive: true })
  await cp(join(engine, 'package.json'), join(folder, 'package.json'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  const { outputText } = ts.transpileModule(
    source.replace(mutant.find, () => mutant.replace),
    { compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true } },
  )
  await writeFile(join(folder, 'dist', mutant.file.replace(/\.ts$/, '.js')), outputText)
  return join(folder, 'dist/index.js')
}
