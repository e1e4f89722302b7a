/** How often each tool really ran, per key: the truth about "executed twice". */
export class Executions {
  readonly #counts = new Map<string, number>()

  count(tool: string, key: string): void {
    const name = `${tool} ${key}`
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }

  of(tool: string, key: string): number {
    return this.#counts.get(`${tool} ${key}`) ?? 0
  }
}
