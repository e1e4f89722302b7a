import { randomBytes } from 'node:crypto';
import { StoreError } from '../contract/errors.js';
import { groupKey, partKey, requestKey, sessionKey } from '../record/session-key.js';
import { checkedCount, checkedOwner, checkedSize, checkedTtl } from './checked.js';
const maxSessionBytes = 1024 * 1024;
const maxRequests = 1000;
/** Of writes over a record that can't be read, each of which somebody else was quicker than. */
const maxTries = 10;
/** The sessions of a store: what is sealed, hashed and checked before a back end gets it. */
export function createSessions(backEnd, reader) {
    const contextOf = (key) => `session\0${key}`;
    function opened(key, raw) {
        if (raw === undefined)
            return undefined;
        const data = reader.open(contextOf(key), key, raw.bytes);
        if (data === undefined)
            return undefined;
        if (isObject(data))
            return { data, version: raw.version, expiresAt: raw.expiresAt };
        reader.refuse(key, 'is no JSON object');
        return undefined;
    }
    async function write(key, data, ttl, expected) {
        const bytes = checkedSize('A session', reader.seal(contextOf(key), data), maxSessionBytes);
        // Random, so that no version comes twice, and a write that is sent again after a lost answer knows itself.
        const version = randomBytes(9).toString('base64url');
        return { ...(await backEnd.writeSession(key, { bytes, version }, checkedTtl(ttl), expected)), version };
    }
    const requestContext = (key, field) => `request\0${key}\0${field}`;
    return {
        async get(sessionId) {
            const key = sessionKey(sessionId);
            return opened(key, await backEnd.readSession(key));
        },
        async put(sessionId, data, ttl) {
            const { version } = await write(sessionKey(sessionId), data, ttl, 'any');
            return version;
        },
        async compareAndSet(sessionId, expected, data, ttl) {
            const key = sessionKey(sessionId);
            let wanted = expected === undefined ? 'absent' : { version: expected };
            for (let tries = 0; tries < maxTries; tries++) {
                const result = await write(key, data, ttl, wanted);
                if (result.written)
                    return { written: true, version: result.version };
                const current = opened(key, result.current);
                if (current !== undefined || result.current === undefined || expected !== undefined) {
                    return { written: false, current };
                }
                // There is a record that nobody can read: it counts as none, unless somebody overwrites it first.
                wanted = { version: result.current.version };
            }
            throw new StoreError('store_failed', `A record that can't be read was overwritten by others ${maxTries} times.`);
        },
        delete: async (sessionId) => backEnd.deleteSession(sessionKey(sessionId)),
        touch: async (sessionId, ttl) => backEnd.touchSession(sessionKey(sessionId), checkedTtl(ttl)),
        async startRequest(sessionId, { requestId, owner, streamId }, ttl) {
            const key = sessionKey(sessionId);
            const field = requestKey(requestId, checkedOwner(owner));
            const sealed = reader.seal(requestContext(key, field), [
                requestId,
                owner,
                ...(streamId === undefined ? [] : [streamId]),
            ]);
            const bytes = checkedSize('The note of a request', sealed, 4096);
            const outcome = await backEnd.startRequest(key, field, bytes, checkedTtl(ttl), maxRequests);
            if (outcome === 'full') {
                throw new StoreError('too_many_requests', `The session has ${maxRequests} requests in flight already.`);
            }
            return outcome === 'no session' ? undefined : outcome.version;
        },
        async finishRequest(sessionId, requestId, owner) {
            await backEnd.finishRequest(sessionKey(sessionId), requestKey(requestId, checkedOwner(owner)));
        },
        async requestsInFlight(sessionId) {
            const key = sessionKey(sessionId);
            const raw = await backEnd.requestsInFlight(key);
            return raw.flatMap(([field, bytes]) => {
                const value = reader.open(requestContext(key, field), key, bytes);
                if (value === undefined)
                    return [];
                const request = requestOf(value);
                if (request !== undefined)
                    return request;
                reader.refuse(key, 'is no note of a request');
                return [];
            });
        },
        acquireLease: async (sessionId, name, owner, ttl) => {
            const key = sessionKey(sessionId);
            const outcome = await backEnd.acquireLease(key, partKey(name), checkedOwner(owner), checkedTtl(ttl));
            return typeof outcome === 'number' ? { held: true, expiresAt: outcome } : { held: false, owner: outcome };
        },
        renewLease: async (sessionId, name, owner, ttl) => backEnd.renewLease(sessionKey(sessionId), partKey(name), checkedOwner(owner), checkedTtl(ttl)),
        releaseLease: async (sessionId, name, owner) => backEnd.releaseLease(sessionKey(sessionId), partKey(name), checkedOwner(owner)),
        leaseOwner: async (sessionId, name) => backEnd.leaseOwner(sessionKey(sessionId), partKey(name)),
        admit: async (group, sessionId, ttl, limit) => backEnd.admit(groupKey(group), sessionKey(sessionId), checkedTtl(ttl), checkedCount('limit', limit, 0, Number.MAX_SAFE_INTEGER)),
        leave: async (group, sessionId) => backEnd.leave(groupKey(group), sessionKey(sessionId)),
    };
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function requestOf(value) {
    if (!Array.isArray(value))
        return undefined;
    const [requestId, owner, streamId] = value;
    if ((typeof requestId !== 'string' && typeof requestId !== 'number') || typeof owner !== 'string')
        return undefined;
    return typeof streamId === 'string' ? { requestId, owner, streamId } : { requestId, owner };
}
//# sourceMappingURL=sessions.js.map