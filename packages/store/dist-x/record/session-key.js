import { createHash } from 'node:crypto';
/**
 * The name under which a session is stored: 192 bits of SHA-256, in base64url. A dump of the store shows no live id, and
 * an id of any length and any characters makes a key of 32 plain ones. Without a secret, so that it outlives a change of
 * keys: ids carry at least 128 random bits, so that nobody finds one by trying.
 */
export function sessionKey(sessionId) {
    const known = keys.get(sessionId);
    if (known !== undefined)
        return known;
    const key = digest(`session\0${sessionId}`);
    if (keys.size >= maxKeys)
        keys.clear();
    if (sessionId.length <= maxIdLength)
        keys.set(sessionId, key);
    return key;
}
/** Of the sessions in use: several operations belong to one request. */
const keys = new Map();
const maxKeys = 1000;
/** An id of a stranger may be of any length. */
const maxIdLength = 256;
/** The name of a group (a principal, say), hashed in the same way: it says no user's name and has a bounded length. */
export function groupKey(group) {
    return digest(`group\0${group}`);
}
/** The name of a request in flight: of one id, 7 or "7", at one owner. */
export function requestKey(requestId, owner) {
    return digest(`request\0${JSON.stringify([requestId, owner])}`);
}
/** Names that others choose (of streams, leases) as part of a key: as they are if short and plain, else hashed. */
export function partKey(part) {
    return /^[A-Za-z0-9_-]{1,64}$/.test(part) ? part : `~${digest(`part\0${part}`)}`;
}
function digest(text) {
    return createHash('sha256').update(text).digest('base64url').slice(0, 32);
}
//# sourceMappingURL=session-key.js.map