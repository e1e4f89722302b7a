import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { HostsContext } from './context.js'

/** A home and a project of their own, with a context that remembers what was said. */
export interface HostsHome {
  readonly home: string
  readonly project: string
  readonly context: HostsContext
  readonly printed: string[]
  readonly told: string[]
  /** Writes a file below the home, and returns its path. */
  readonly write: (name: string, text: string, mode?: number) => Promise<string>
  readonly read: (name: string) => Promise<string>
  readonly modeOf: (path: string) => Promise<number>
  readonly remove: () => Promise<void>
}

export async function makeHostsHome(confirm?: () => Promise<boolean>): Promise<HostsHome> {
  const root = await mkdtemp(join(tmpdir(), 'mcp-tether-hosts-'))
  const home = join(root, 'home')
  const project = join(root, 'project')
  await mkdir(home)
  await mkdir(project)
  const printed: string[] = []
  const told: string[] = []
  let time = Date.UTC(2026, 0, 1)
  return {
    home,
    project,
    printed,
    told,
    context: {
      machine: { platform: 'linux', environment: {}, homeDirectory: home, workingDirectory: project },
      backupDirectory: join(root, 'state', 'backups'),
      recordDirectory: join(root, 'state', 'wrapped'),
      now: () => new Date((time += 1000)),
      print: (text) => printed.push(text),
      tell: (line) => told.push(line),
      confirm,
    },
    async write(name, text, mode = 0o600) {
      const path = join(home, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
      await chmod(path, mode)
      return path
    },
    read: (name) => readFile(join(home, name), 'utf8'),
    modeOf: async (path) => (await stat(path)).mode & 0o777,
    remove: () => rm(root, { recursive: true }),
  }
}
