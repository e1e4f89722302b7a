import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { credentialFileEnding, credentialFileName, serverKey } from './credential-file-name.js'
import {
  checkPrivateDirectory,
  makePrivateDirectory,
  type PrivateFileOptions,
  readPrivateFile,
  unusable,
} from './private-files.js'
import { acquireProcessLock, type LockHolder } from './process-lock.js'
import { parseSignInFile, type SignInFile, type StoredSignIn } from './stored-sign-in.js'
import { systemCode, UserStateError } from './user-state-error.js'
import { temporarySuffix, writeAtomically } from './write-atomically.js'

/** Where sign-ins are kept. Every method throws a UserStateError for a file or directory that can't be used. */
export interface CredentialStore {
  /** The sign-in in use, or the one of an authorization server. */
  read(server: URL, issuer?: string): Promise<StoredSignIn | undefined>
  /**
   * Changes the sign-in in use while no other process does. `change` may take minutes (somebody is at a browser); who
   * waits for it is handed what it stored. A result of another issuer is kept beside the former, and is the one in use
   * from then on. An undefined result removes the sign-in it was given. What `change` throws is thrown, and nothing is
   * stored.
   *
   * @param signal - ends the waiting for other processes: the promise rejects with its reason
   * @returns what is stored now
   */
  update(
    server: URL,
    change: (current: StoredSignIn | undefined) => Promise<StoredSignIn | undefined>,
    signal?: AbortSignal,
  ): Promise<StoredSignIn | undefined>
  /** Removes all sign-ins to a server, also from a file that can't be read. False when there was none. */
  remove(server: URL): Promise<boolean>
  /** All sign-ins to all servers. Files that can't be used are passed over with a warning. */
  list(): Promise<readonly StoredSignIn[]>
}

export interface CredentialFilesOptions extends PrivateFileOptions {
  readonly directory: string
  /** Which sign-ins `read` and `update` are about, where there are several for one server. @default the one without a name */
  readonly account?: string
  /** Called once for an update that has to wait for another process. */
  readonly onWait?: (holder: LockHolder) => void
}

/** A server that names a new issuer each time must not fill the disk. */
const maxSignIns = 16
/** A removal waits this long for an update of another process, so that it is not undone by it. */
const removalWaitMs = 3_000

/** Credentials as files: one for each server, mode 0600, in a directory of mode 0700. */
export class CredentialFiles implements CredentialStore {
  readonly #options: CredentialFilesOptions

  constructor(options: CredentialFilesOptions) {
    this.#options = options
  }

  /** Where a server's sign-ins are, or would be. */
  fileFor(server: URL): string {
    return join(this.#options.directory, credentialFileName(server))
  }

  async read(server: URL, issuer?: string): Promise<StoredSignIn | undefined> {
    const signIns = (await this.readAll(server)).filter((one) => this.#isOurs(one))
    return issuer === undefined ? signIns[0] : signIns.find((one) => one.issuer === issuer)
  }

  /** Every authorization server's sign-in to a server, the one in use first. */
  async readAll(server: URL): Promise<readonly StoredSignIn[]> {
    if (!(await checkPrivateDirectory(this.#options.directory, this.#options))) return []
    return (await this.#read(this.fileFor(server), serverKey(server)))?.signIns ?? []
  }

  async update(
    server: URL,
    change: (current: StoredSignIn | undefined) => Promise<StoredSignIn | undefined>,
    signal?: AbortSignal,
  ): Promise<StoredSignIn | undefined> {
    await makePrivateDirectory(this.#options.directory, this.#options)
    const file = this.fileFor(server)
    const release = await acquireProcessLock(lockOf(file), { signal, onWait: this.#options.onWait })
    try {
      const key = serverKey(server)
      const before = (await this.#read(file, key))?.signIns ?? []
      const current = before.find((one) => this.#isOurs(one))
      const next = await change(current)
      if (next === current) return next
      // Nobody else writes this file now: what is half written is left from a crash.
      await this.#sweep(file)
      const isReplaced = (one: StoredSignIn): boolean => this.#isOurs(one) && one.issuer === next?.issuer
      const others = before.filter((one) => one !== current && !isReplaced(one))
      const kept = current && next && current.issuer !== next.issuer ? [current, ...others] : others
      const { account } = this.#options
      const stored = next && { ...next, server: key, ...(account === undefined ? {} : { account }) }
      const signIns = [...(stored ? [stored] : []), ...kept].slice(0, maxSignIns)
      await (signIns.length === 0 ? this.#delete(file) : this.#write(file, { version: 1, server: key, signIns }))
      return next
    } finally {
      release()
    }
  }

  async remove(server: URL): Promise<boolean> {
    if (!(await checkPrivateDirectory(this.#options.directory, this.#options))) return false
    return this.#remove(this.fileFor(server))
  }

  /** Removes every credential file, readable or not. Returns how many there were. */
  async removeAll(): Promise<number> {
    let count = 0
    for (const file of await this.#files()) if (await this.#remove(file)) count++
    return count
  }

  async list(): Promise<readonly StoredSignIn[]> {
    const all: StoredSignIn[] = []
    for (const file of await this.#files()) {
      try {
        all.push(...((await this.#read(file, undefined))?.signIns ?? []))
      } catch (error) {
        if (!(error instanceof UserStateError)) throw error
        this.#options.warn(error.message)
      }
    }
    return all
  }

  #isOurs({ account }: StoredSignIn): boolean {
    return account === this.#options.account
  }

  async #remove(file: string): Promise<boolean> {
    // A holder who takes longer is signing in: what it stores then is newer than this removal.
    const release = await acquireProcessLock(lockOf(file), { signal: AbortSignal.timeout(removalWaitMs) }).catch(
      (error: unknown) => {
        if (error instanceof UserStateError) throw error
        return () => undefined
      },
    )
    try {
      await this.#sweep(file)
      return await this.#delete(file)
    } finally {
      release()
    }
  }

  async #files(): Promise<string[]> {
    const { directory } = this.#options
    if (!(await checkPrivateDirectory(directory, this.#options))) return []
    const names = await this.#names()
    return names.filter((name) => name.endsWith(credentialFileEnding)).map((name) => join(directory, name))
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#options.directory)
    } catch (error) {
      throw unusable(this.#options.directory, error, 'read', 'directory')
    }
  }

  async #read(file: string, server: string | undefined): Promise<SignInFile | undefined> {
    const text = await readPrivateFile(file, this.#options)
    if (text === undefined) return undefined
    try {
      return parseSignInFile(text, server)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new UserStateError(
        `${file} can't be used: ${reason}; remove it (mcp-tether logout removes it too), then sign in again`,
      )
    }
  }

  async #write(file: string, content: SignInFile): Promise<void> {
    try {
      await writeAtomically(file, `${JSON.stringify(content, undefined, 2)}\n`)
    } catch (error) {
      throw unusable(file, error, 'written', 'directory')
    }
  }

  async #delete(file: string): Promise<boolean> {
    try {
      await rm(file)
      return true
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false
      throw unusable(file, error, 'removed', 'directory')
    }
  }

  async #sweep(file: string): Promise<void> {
    const { directory } = this.#options
    for (const name of await this.#names()) {
      const path = join(directory, name)
      if (path.startsWith(`${file}.`) && name.endsWith(temporarySuffix)) await rm(path, { force: true })
    }
  }
}

function lockOf(file: string): string {
  return `${file.slice(0, -credentialFileEnding.length)}.lock`
}
