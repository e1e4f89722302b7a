import type { PersistentSessions } from '@mcp-tether/server'
import type { Store } from '@mcp-tether/store'

export const port = Number(process.env.PORT ?? 3000)

/** Told to end, it lets running calls finish; killed, it loses no session either. */
export function ready({ sessions, store }: { sessions: PersistentSessions; store: Store }): void {
  console.log(`http://127.0.0.1:${port}/mcp`)
  process.once('SIGTERM', () => {
    void sessions
      .close()
      .then(() => store.close())
      .then(() => process.exit(0))
  })
}
