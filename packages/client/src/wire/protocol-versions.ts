/** Versions with `initialize` and sessions, oldest first. Later ones are the modern era: no session to lose. */
const legacyVersions: readonly string[] = ['2024-10-07', '2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25']

/**
 * Whether a server may answer `answered` to a client that once asked for `offered`: it must be a version that we know,
 * and not a newer one than the client said it speaks (versions are dates and compare as text).
 */
export function isAcceptableVersion(answered: string, offered: string): boolean {
  return legacyVersions.includes(answered) && answered <= offered
}
