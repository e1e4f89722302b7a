import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'

const pieceBytes = 256 * 1024

/**
 * Bytes that are too many to hold, in a file that nobody else can read and that is gone with this process: it has no name
 * from the moment that it is open, or, where the platform does not allow that, until it is closed or the process exits.
 */
export class SpoolFile {
  readonly #handle: FileHandle
  /** The name that it still has. */
  #path: string | undefined
  #size = 0
  #closed: Promise<void> | undefined
  readonly #removeAtExit = (): void => {
    if (this.#path !== undefined) rmSync(this.#path, { force: true })
  }

  private constructor(handle: FileHandle, path: string | undefined) {
    this.#handle = handle
    this.#path = path
    if (path !== undefined) process.once('exit', this.#removeAtExit)
  }

  /** Rejects with the system's error, where the directory is missing or full. */
  static async create(directory: string): Promise<SpoolFile> {
    const path = join(directory, `mcp-tether-${randomBytes(12).toString('hex')}.tmp`)
    // "x": neither a file that is there nor a link to another one is opened.
    const handle = await open(path, 'wx+', 0o600)
    const hasName = await unlink(path).then(
      () => false,
      () => true,
    )
    return new SpoolFile(handle, hasName ? path : undefined)
  }

  /** In bytes. */
  get size(): number {
    return this.#size
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#handle.appendFile(bytes)
    this.#size += bytes.length
  }

  /** The bytes from `start` to before `end`, each piece when it is asked for. */
  async *pieces(start = 0, end = this.#size): AsyncGenerator<Buffer, void, undefined> {
    let position = start
    while (position < end) {
      const piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, end - position))
      const { bytesRead } = await this.#handle.read(piece, 0, piece.length, position)
      if (bytesRead === 0) throw new Error('the temporary file has become shorter')
      position += bytesRead
      yield piece.subarray(0, bytesRead)
    }
  }

  /** As {@link pieces}, as text. */
  async text(start = 0, end = this.#size): Promise<string> {
    const pieces: Buffer[] = []
    for await (const piece of this.pieces(start, end)) pieces.push(piece)
    return Buffer.concat(pieces).toString('utf8')
  }

  /** Never rejects. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  async #close(): Promise<void> {
    await this.#handle.close().catch(() => undefined)
    if (this.#path !== undefined) await unlink(this.#path).catch(() => undefined)
    this.#path = undefined
    process.off('exit', this.#removeAtExit)
  }
}
