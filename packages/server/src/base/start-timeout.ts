/** The author's part in the making of a session took too long. */
export class StartTimeout extends Error {
  constructor(ms: number) {
    super(`The server of a session was not ready within ${ms} ms.`)
    this.name = 'StartTimeout'
  }
}
