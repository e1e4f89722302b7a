import { StoreError } from '../contract/errors.js';
import { ExpiringMap } from './expiring-map.js';
import { MemoryLog } from './memory-log.js';
/* eslint-disable @typescript-eslint/require-await -- the contract is that of stores which are elsewhere */
/** Everything in maps of this process. */
export class MemoryBackEnd {
    #now;
    #maxSessions;
    #sessions;
    #logs;
    #leases;
    #groups = new Map();
    #listeners = new Set();
    constructor(now, maxSessions) {
        this.#now = now;
        this.#maxSessions = maxSessions;
        this.#sessions = new ExpiringMap(now);
        this.#logs = new ExpiringMap(now);
        this.#leases = new ExpiringMap(now);
    }
    async readSession(key) {
        const session = this.#sessions.get(key);
        return session && { bytes: session.bytes, version: session.version, expiresAt: session.expiresAt };
    }
    async writeSession(key, { bytes, version }, ttl, expected) {
        const current = this.#sessions.get(key);
        if (!isExpected(expected, current?.version) && current?.version !== version) {
            return { written: false, current };
        }
        if (current === undefined)
            this.#makeRoom(this.#sessions);
        const expiresAt = this.#now() + ttl;
        this.#sessions.set(key, { bytes, version, expiresAt, requests: current?.requests ?? new Map() });
        this.#keepLogs(key, expiresAt);
        return { written: true };
    }
    async deleteSession(key) {
        this.#logs.delete(key);
        return this.#sessions.delete(key);
    }
    async touchSession(key, ttl) {
        const session = this.#sessions.get(key);
        if (session === undefined)
            return false;
        session.expiresAt = this.#now() + ttl;
        this.#keepLogs(key, session.expiresAt);
        return true;
    }
    async startRequest(key, field, bytes, ttl, limit) {
        if (!(await this.touchSession(key, ttl)))
            return 'no session';
        const session = this.#sessions.get(key);
        if (session === undefined)
            return 'no session';
        const { requests, version } = session;
        if (requests.size >= limit && !requests.has(field))
            return 'full';
        requests.set(field, bytes);
        return { version };
    }
    async finishRequest(key, field) {
        this.#sessions.get(key)?.requests.delete(field);
    }
    async requestsInFlight(key) {
        return [...(this.#sessions.get(key)?.requests ?? [])];
    }
    async acquireLease(key, name, owner, ttl) {
        const holder = this.#leases.get(leaseKey(key, name))?.owner;
        if (holder !== undefined && holder !== owner)
            return holder;
        const expiresAt = this.#now() + ttl;
        this.#leases.set(leaseKey(key, name), { owner, expiresAt });
        return expiresAt;
    }
    async renewLease(key, name, owner, ttl) {
        if (this.#leases.get(leaseKey(key, name))?.owner !== owner)
            return false;
        this.#leases.set(leaseKey(key, name), { owner, expiresAt: this.#now() + ttl });
        return true;
    }
    async releaseLease(key, name, owner) {
        return this.#leases.get(leaseKey(key, name))?.owner === owner && this.#leases.delete(leaseKey(key, name));
    }
    async leaseOwner(key, name) {
        return this.#leases.get(leaseKey(key, name))?.owner;
    }
    async admit(group, member, ttl, limit) {
        const members = this.#groups.get(group) ?? new Map();
        const now = this.#now();
        if (!members.has(member) && members.size >= limit) {
            for (const [other, expiresAt] of members)
                if (expiresAt <= now)
                    members.delete(other);
        }
        if (!((members.get(member) ?? 0) > now) && members.size - (members.has(member) ? 1 : 0) >= limit)
            return false;
        members.set(member, now + ttl);
        this.#groups.set(group, members);
        return true;
    }
    async leave(group, member) {
        const members = this.#groups.get(group);
        members?.delete(member);
        if (members?.size === 0)
            this.#groups.delete(group);
    }
    async appendEvent(key, log, stream, event, limits) {
        const now = this.#now();
        const logs = this.#logs.get(key) ?? { expiresAt: 0, standalone: new MemoryLog(), calls: new MemoryLog() };
        if (logs.expiresAt === 0)
            this.#makeRoom(this.#logs);
        logs.expiresAt = Math.max(logs.expiresAt, now + limits.maxAge, this.#sessions.get(key)?.expiresAt ?? 0);
        logs[log].append(stream, event, now, limits);
        this.#logs.set(key, logs);
    }
    async readEvents(key, log, stream, after, limit) {
        const logs = this.#logs.get(key);
        return logs?.[log].read(stream, after, limit) ?? { found: after === undefined, events: [], more: false };
    }
    async clearEvents(key) {
        this.#logs.delete(key);
    }
    async publish(to, bytes) {
        // Later, as from everywhere else: a publisher is never called back from within its own call.
        queueMicrotask(() => {
            for (const listener of this.#listeners)
                listener.onNotice(to, bytes);
        });
    }
    async subscribe(listener) {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
    }
    async close() {
        this.#sessions.clear();
        this.#logs.clear();
        this.#leases.clear();
        this.#groups.clear();
        this.#listeners.clear();
    }
    #keepLogs(key, expiresAt) {
        const logs = this.#logs.get(key);
        if (logs !== undefined)
            logs.expiresAt = Math.max(logs.expiresAt, expiresAt);
    }
    #makeRoom(map) {
        if (map.size < this.#maxSessions)
            return;
        map.sweepAll();
        if (map.size >= this.#maxSessions) {
            throw new StoreError('store_full', `The store has ${this.#maxSessions} sessions and takes no other one.`);
        }
    }
}
function isExpected(expected, version) {
    if (expected === 'any')
        return true;
    return expected === 'absent' ? version === undefined : version === expected.version;
}
function leaseKey(key, name) {
    return `${key}.${name}`;
}
//# sourceMappingURL=memory-back-end.js.map