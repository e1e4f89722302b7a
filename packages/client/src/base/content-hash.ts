/** JSON that is nested deeper than anything real is not followed: a server may not exhaust our stack. */
const maxDepth = 100

/**
 * A hash of 52 bits, an integer, of what a JSON value says: members count in any order, because some servers write them in another one after
 * each start. Not a cryptographic one: whoever makes two values with the same hash deceives nobody but himself.
 */
export function contentHash(value: unknown): number {
  const hash = new Mixer()
  mix(hash, value, 0)
  return hash.value
}

function mix(hash: Mixer, value: unknown, depth: number): void {
  if (depth > maxDepth) return
  if (Array.isArray(value)) {
    hash.add('[')
    for (const item of value as readonly unknown[]) mix(hash, item, depth + 1)
    hash.add(']')
  } else if (typeof value === 'object' && value !== null) {
    const members = value as Readonly<Record<string, unknown>>
    hash.add('{')
    for (const name of Object.keys(members).sort()) {
      hash.add(`:${name}`)
      mix(hash, members[name], depth + 1)
    }
    hash.add('}')
  } else {
    hash.add(typeof value === 'string' ? `"${value}` : String(value))
  }
}

/** Two lanes that multiply by different odd numbers, each rotated so that high bits reach the low ones. */
class Mixer {
  #a = 0x2545f491
  #b = 0x6c078965

  add(text: string): void {
    for (let index = 0; index < text.length; index++) this.#step(text.charCodeAt(index))
    // No character has this code: where one text ends and the next begins counts too.
    this.#step(0x10000)
  }

  get value(): number {
    const low = this.#a ^ (this.#b >>> 15)
    const high = this.#b ^ (this.#a >>> 13)
    return (high & 0xfffff) * 2 ** 32 + (low >>> 0)
  }

  #step(code: number): void {
    const a = Math.imul(this.#a ^ code, 0x9e3779b1)
    const b = Math.imul(this.#b ^ code, 0x85ebca6b)
    this.#a = (a << 13) | (a >>> 19)
    this.#b = (b << 17) | (b >>> 15)
  }
}
