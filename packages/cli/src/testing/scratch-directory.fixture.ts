import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface ScratchDirectory {
  readonly path: string
  /** Writes a file. Returns its path. */
  readonly write: (name: string, contents: string | Uint8Array, mode?: number) => Promise<string>
  readonly remove: () => Promise<void>
}

export async function scratchDirectory(): Promise<ScratchDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'mcp-tether-'))
  return {
    path,
    async write(name, contents, mode = 0o600) {
      const file = join(path, name)
      await writeFile(file, contents)
      // What writeFile is given is subject to the umask.
      await chmod(file, mode)
      return file
    },
    remove: () => rm(path, { recursive: true }),
  }
}
