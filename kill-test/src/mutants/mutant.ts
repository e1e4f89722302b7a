/** A bug in @mcp-tether/server that the kill test has to find. */
export interface Mutant {
  readonly name: string
  /** In packages/server/src. */
  readonly file: string
  /** Is there exactly once. */
  readonly find: string
  readonly replace: string
  /** Servers of the fleet that shows it. */
  readonly replicas: 1 | 2 | 4
}
