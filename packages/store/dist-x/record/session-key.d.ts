/**
 * The name under which a session is stored: 192 bits of SHA-256, in base64url. A dump of the store shows no live id, and
 * an id of any length and any characters makes a key of 32 plain ones. Without a secret, so that it outlives a change of
 * keys: ids carry at least 128 random bits, so that nobody finds one by trying.
 */
export declare function sessionKey(sessionId: string): string;
/** The name of a group (a principal, say), hashed in the same way: it says no user's name and has a bounded length. */
export declare function groupKey(group: string): string;
/** The name of a request in flight: of one id, 7 or "7", at one owner. */
export declare function requestKey(requestId: string | number, owner: string): string;
/** Names that others choose (of streams, leases) as part of a key: as they are if short and plain, else hashed. */
export declare function partKey(part: string): string;
//# sourceMappingURL=session-key.d.ts.map