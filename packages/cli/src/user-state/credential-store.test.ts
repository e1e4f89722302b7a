import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CredentialFiles } from './credential-store.js'
import type { StoredSignIn } from './stored-sign-in.js'

const isRoot = process.getuid?.() === 0
const server = new URL('https://mcp.example.com/mcp?tenant=7')
const signIn: StoredSignIn = {
  version: 1,
  server: server.href,
  issuer: 'https://login.example.com',
  clientInformation: { client_id: 'client' },
  tokens: { access_token: 'geheim-access', token_type: 'Bearer', refresh_token: 'geheim-refresh', expires_in: 3600 },
  obtainedAt: 1_700_000_000_000,
}

let home: string
let directory: string
let warnings: string[]
let store: CredentialFiles

function createStore(options: Partial<ConstructorParameters<typeof CredentialFiles>[0]> = {}): CredentialFiles {
  return new CredentialFiles({
    directory,
    platform: process.platform,
    userId: process.getuid?.(),
    warn: (message) => warnings.push(message),
    ...options,
  })
}

const save = (): Promise<StoredSignIn | undefined> => store.update(server, () => Promise.resolve(signIn))
const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8)

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mcp-tether-home-'))
  directory = join(home, 'deep', 'credentials')
  warnings = []
  store = createStore()
})
afterEach(async () => {
  await chmod(home, 0o700)
  await rm(home, { recursive: true, force: true })
})

describe('stored sign-ins', () => {
  it('are read as they were written, by this process and another, and removed', async () => {
    expect(await store.read(server)).toBeUndefined()
    expect(await save()).toEqual(signIn)
    expect(await createStore().read(server)).toEqual(signIn)
    expect(await store.list()).toEqual([signIn])
    expect(await store.read(new URL('https://mcp.example.com/mcp?tenant=8'))).toBeUndefined()
    expect(await store.remove(server)).toBe(true)
    expect(await store.remove(server)).toBe(false)
    expect(await readdir(directory)).toEqual([])
  })

  it('make no directory for a reader', async () => {
    await store.read(server)
    await store.remove(server)
    await store.list()
    expect(await readdir(home)).toEqual([])
  })

  it('are private whatever the umask says, and nothing is left beside them', async () => {
    const before = process.umask(0)
    try {
      await save()
    } finally {
      process.umask(before)
    }
    expect(await modeOf(directory)).toBe('700')
    expect(await modeOf(store.fileFor(server))).toBe('600')
    expect(await readdir(directory)).toEqual([basename(store.fileFor(server))])
  })

  it('have file names that give away no key in the address', () => {
    const name = basename(store.fileFor(new URL('https://h.example:8443/mcp/s3cr3t-key-in-the-path?key=geheim')))
    expect(name).toMatch(/^h\.example_8443-[0-9a-f]{20}\.json$/)
  })

  it('of several authorization servers are kept apart, the one in use first', async () => {
    await save()
    const other: StoredSignIn = {
      ...signIn,
      issuer: 'https://other.example',
      tokens: { access_token: 'b', token_type: 'Bearer' },
    }
    await store.update(server, (current) => {
      expect(current).toEqual(signIn)
      return Promise.resolve(other)
    })
    expect(await store.read(server)).toEqual(other)
    expect(await store.read(server, 'https://login.example.com')).toEqual(signIn)
    await store.update(server, () => Promise.resolve(undefined))
    expect(await store.read(server)).toEqual(signIn)
    for (let n = 0; n < 20; n++) {
      await store.update(server, () => Promise.resolve({ ...signIn, issuer: `https://${n}.example` }))
    }
    expect(await store.readAll(server)).toHaveLength(16)
  })

  it('of several accounts are kept apart, and removed together', async () => {
    await save()
    const tenant = createStore({ account: 'resource=https%3A%2F%2Ftenant.example%2F' })
    expect(await tenant.read(server)).toBeUndefined()
    const other: StoredSignIn = { ...signIn, tokens: { access_token: 'of the tenant', token_type: 'Bearer' } }
    await tenant.update(server, (current) => {
      expect(current).toBeUndefined()
      return Promise.resolve(other)
    })
    expect((await tenant.read(server))?.tokens?.access_token).toBe('of the tenant')
    expect(await store.read(server)).toEqual(signIn)
    await store.update(server, () => Promise.resolve(undefined))
    expect(await tenant.read(server)).toMatchObject(other)
    await save()
    expect(await store.remove(server)).toBe(true)
    expect([await store.read(server), await tenant.read(server)]).toEqual([undefined, undefined])
  })

  it('are changed one after the other, each change seeing the one before', async () => {
    const add = (): Promise<unknown> =>
      createStore().update(server, (current) =>
        Promise.resolve({ ...signIn, obtainedAt: (current?.obtainedAt ?? 0) + 1 }),
      )
    await Promise.all(Array.from({ length: 10 }, add))
    expect((await store.read(server))?.obtainedAt).toBe(10)
  })

  it('stay as they are when a change fails, and free for the next', async () => {
    await save()
    await expect(store.update(server, () => Promise.reject(new Error('the browser was closed')))).rejects.toThrow(
      'the browser was closed',
    )
    await store.update(server, (current) =>
      Promise.resolve({ ...signIn, obtainedAt: 1, ...(current ? {} : { version: 1 }) }),
    )
    expect((await store.read(server))?.obtainedAt).toBe(1)
  })

  it('tell a waiter for whom it waits, and let its signal end the waiting', async () => {
    const waits: number[] = []
    const controller = new AbortController()
    const waiting = createStore({
      onWait: ({ pid }) => {
        waits.push(pid)
        controller.abort(new Error('given up'))
      },
    })
    await store.update(server, async () => {
      await expect(waiting.update(server, () => Promise.resolve(signIn), controller.signal)).rejects.toThrow('given up')
      return undefined
    })
    expect(waits).toEqual([process.pid])
  })

  it('leave no half-written file of a crash behind', async () => {
    await save()
    const half = `${store.fileFor(server)}.0b0b.tmp`
    await writeFile(half, '{"tokens":')
    await store.remove(server)
    expect(await readdir(directory)).toEqual([])
  })
})

/** Each is a file or directory in a state that has its own message. */
describe('credential files that are not as they should be', () => {
  const file = (): string => store.fileFor(server)

  async function message(): Promise<string> {
    return store.read(server).then(
      () => 'none',
      (error: unknown) => {
        const { name, message } = error as Error
        expect(name).toBe('UserStateError')
        expect(message).not.toContain('geheim')
        expect(message).not.toContain('\n')
        return message.replaceAll(home, '~').replaceAll(basename(file()), 'FILE')
      },
    )
  }
  const way = '; remove it (mcp-tether logout removes it too), then sign in again'
  const at = '~/deep/credentials/FILE'

  it('truncated', async () => {
    await save()
    await truncate(file(), 100)
    expect(await message()).toBe(`${at} can't be used: it is no valid JSON (cut off, perhaps)${way}`)
    await truncate(file(), 0)
    expect(await message()).toBe(`${at} can't be used: it is empty${way}`)
    expect(await store.list()).toEqual([])
    expect(warnings).toHaveLength(1)
    expect(await store.remove(server)).toBe(true)
  })

  it.each([
    ["another program's", { hello: 'geheim' }, 'it is no credential file of mcp-tether'],
    ['a list', ['geheim'], 'it is no JSON object'],
    ['of a newer version', { version: 2, tokens: 'geheim' }, 'it was written by a newer mcp-tether (version 2)'],
    [
      'without token',
      { version: 1, server: server.href, signIns: [{ ...signIn, tokens: { token_type: 'geheim' } }] },
      'it has no access_token',
    ],
    [
      'with an odd lifetime',
      { version: 1, server: server.href, signIns: [{ ...signIn, tokens: { ...signIn.tokens, expires_in: 'geheim' } }] },
      'its expires_in is no number',
    ],
    [
      'mixed up inside',
      { version: 1, server: server.href, signIns: [{ ...signIn, server: 'https://evil.example/' }] },
      'a sign-in in it is of another server',
    ],
  ])('foreign: %s', async (_case, content, reason) => {
    await save()
    await writeFile(file(), JSON.stringify(content))
    expect(await message()).toBe(`${at} can't be used: ${reason}${way}`)
  })

  it("another server's file under this one's name", async () => {
    const other = new URL('https://other.example/mcp')
    await store.update(other, () => Promise.resolve(signIn))
    await rename(store.fileFor(other), file())
    expect(await message()).toBe(`${at} can't be used: it holds the credentials of another server${way}`)
  })

  it('a directory, a pipe, or too much in the place of the file', async () => {
    await mkdir(file(), { recursive: true, mode: 0o700 })
    await chmod(directory, 0o700)
    expect(await message()).toBe(`${at} is not a regular file; move it away`)
    await expect(store.remove(server)).rejects.toThrow(/can't be removed|is not a regular file/)
    await rm(file(), { recursive: true })
    if (process.platform !== 'win32') {
      execFileSync('mkfifo', [file()])
      expect(await message()).toBe(`${at} is not a regular file; move it away`)
      await rm(file())
    }
    await writeFile(file(), 'x'.repeat(1024 * 1024 + 1), { mode: 0o600 })
    expect(await message()).toBe(`${at} has 1048577 bytes, more than mcp-tether would write; remove it`)
  })

  it('a file in the place of the directory, or of one above it', async () => {
    await mkdir(dirname(directory))
    await writeFile(directory, '')
    expect(await message()).toBe(
      '~/deep/credentials is not a directory; move it away, or set MCP_TETHER_HOME to another place',
    )
    await rm(dirname(directory), { recursive: true })
    await writeFile(dirname(directory), '')
    await expect(save()).rejects.toThrow('a part of this path is a file and no directory')
  })

  it.skipIf(process.platform === 'win32')('readable by others: closed, with a warning, and used', async () => {
    await save()
    await chmod(file(), 0o644)
    await chmod(directory, 0o755)
    expect(await store.read(server)).toEqual(signIn)
    expect(await modeOf(file())).toBe('600')
    expect(await modeOf(directory)).toBe('700')
    expect(warnings.map((line) => line.replaceAll(home, '~').replaceAll(basename(file()), 'FILE'))).toEqual([
      '~/deep/credentials was open to other users (mode 0755); it is 0700 now',
      `${at} could be read by other users (mode 0644); it is 0600 now. If others use this machine, sign out with mcp-tether logout and in again`,
    ])
    warnings = []
    await store.read(server)
    expect(warnings).toEqual([])
  })

  it.skipIf(process.platform === 'win32')('writable by others: refused', async () => {
    await save()
    await chmod(file(), 0o620)
    expect(await message()).toBe(
      `${at} can be written by other users (mode 0620), so it is not trusted; ` +
        'if you know what is in it, run chmod 600 on it; otherwise remove it and sign in again',
    )
    await chmod(file(), 0o600)
    expect(await store.read(server)).toEqual(signIn)
  })

  it.skipIf(!isRoot)("another user's file, another user's directory (needs root)", async () => {
    await save()
    await chown(file(), 65534, 65534)
    const theirs =
      'belongs to another user (id 65534, this process runs as 0); ' +
      'run as that user, give it back with chown, or set MCP_TETHER_HOME'
    expect(await message()).toBe(`${at} ${theirs}`)
    await chown(directory, 65534, 65534)
    expect(await message()).toBe(`~/deep/credentials ${theirs}`)
  })

  it('a dangling link, a circle of links', async () => {
    await save()
    await rm(file())
    await symlink(join(home, 'nowhere'), file())
    expect(await message()).toBe('none')
    await rm(file())
    await symlink(file(), file())
    expect(await message()).toBe(`${at} can't be read: its symbolic links lead in a circle`)
  })

  it('a file behind a link is used (people keep files elsewhere)', async () => {
    await save()
    await rename(file(), join(home, 'elsewhere'))
    await symlink(join(home, 'elsewhere'), file())
    expect(await store.read(server)).toEqual(signIn)
    expect(JSON.parse(await readFile(join(home, 'elsewhere'), 'utf8'))).toHaveProperty('version', 1)
  })

  it('on Windows modes and owners are not asked', async () => {
    await save()
    await chmod(file(), 0o666)
    store = createStore({ platform: 'win32', userId: undefined })
    expect(await store.read(server)).toEqual(signIn)
    expect(warnings).toEqual([])
  })
})
