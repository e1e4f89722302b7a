import type { VirtualSession } from './virtual-session.js'

/**
 * Takes note of a notification of the server, seen on any of the session's streams: hints about tools count no more
 * once the server says that its tools have changed, until they are listed anew.
 * @param method the notification's method
 */
export function noteServerNotification(session: VirtualSession, method: string): void {
  if (method === 'notifications/tools/list_changed') session.toolHints.forget(session.calls.nextOrder())
}
