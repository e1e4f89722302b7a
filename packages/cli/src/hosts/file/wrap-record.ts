import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConfigObject } from '../document/document.js'
import { isSame } from '../document/is-same.js'
import { HostFileError } from '../host-file-error.js'
import { fileId } from './backup.js'
import { systemCode } from '../../user-state/user-state-error.js'
import { fileProblem } from './file-problem.js'
import { writeAtomically } from '../../user-state/write-atomically.js'

/** What `wrap` has put in the place of what. */
export interface WrappedEntry {
  readonly section: readonly string[]
  readonly name: string
  /** The characters that the file had. */
  readonly original: string
  /** What stands there since. */
  readonly wrapped: ConfigObject
}

interface WrapRecord {
  readonly version: 1
  readonly file: string
  readonly entries: readonly WrappedEntry[]
}

/**
 * Remembers the originals of one configuration file, in the user's own directory and in a file that people can read.
 * In the configuration itself there is no place: most hosts take neither comments nor keys that they don't know.
 */
export class WrapRecords {
  /** Where it is kept. */
  readonly path: string
  readonly #file: string
  readonly #directory: string

  constructor(directory: string, file: string) {
    this.#directory = directory
    this.#file = file
    this.path = join(directory, `${fileId(file)}.json`)
  }

  /** Throws a HostFileError if the record is not what was written. */
  async read(): Promise<readonly WrappedEntry[]> {
    let text: string
    try {
      text = await readFile(this.path, 'utf8')
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return []
      throw fileProblem(this.path, error, 'read')
    }
    const record = parse(text)
    if (record?.file !== this.#file) {
      throw new HostFileError(
        `${this.path} is not the record that wrap has written for ${this.#file}; ` +
          'move it away, and take what is missing from a backup',
      )
    }
    return record.entries
  }

  /** Replaces all entries. */
  async write(entries: readonly WrappedEntry[]): Promise<void> {
    try {
      if (entries.length === 0) {
        await rm(this.path, { force: true })
        return
      }
      await mkdir(this.#directory, { recursive: true, mode: 0o700 })
      const record: WrapRecord = { version: 1, file: this.#file, entries }
      await writeAtomically(this.path, `${JSON.stringify(record, null, 2)}\n`, 0o600)
    } catch (error) {
      throw fileProblem(this.path, error, 'written')
    }
  }
}

/** Entries without those of the same place, and with the new ones. */
export function withEntries(entries: readonly WrappedEntry[], added: readonly WrappedEntry[]): readonly WrappedEntry[] {
  return [...entries.filter((entry) => !added.some((each) => isSamePlace(each, entry))), ...added]
}

export function isSamePlace(
  one: Pick<WrappedEntry, 'section' | 'name'>,
  other: Pick<WrappedEntry, 'section' | 'name'>,
): boolean {
  return one.name === other.name && isSame(one.section, other.section)
}

function parse(text: string): WrapRecord | undefined {
  try {
    const record = JSON.parse(text) as Partial<WrapRecord> | null
    const isRecord = record?.version === 1 && Array.isArray(record.entries) && record.entries.every(isEntry)
    return isRecord ? (record as WrapRecord) : undefined
  } catch {
    return undefined
  }
}

function isEntry(entry: unknown): boolean {
  const { section, name, original, wrapped } = (entry ?? {}) as Partial<WrappedEntry>
  return (
    Array.isArray(section) &&
    typeof name === 'string' &&
    typeof original === 'string' &&
    typeof wrapped === 'object' &&
    (wrapped as unknown) !== null
  )
}
