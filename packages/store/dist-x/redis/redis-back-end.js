import { keysOf } from './keys.js';
import * as scripts from './scripts.js';
/** Everything in Redis or Valkey, by one script for each operation. */
export class RedisBackEnd {
    #connection;
    #notices;
    #prefix;
    constructor(connection, notices, prefix) {
        this.#connection = connection;
        this.#notices = notices;
        this.#prefix = prefix;
    }
    async readSession(key) {
        return sessionOf(await this.#run(scripts.readSession, [this.#keys(key).session]));
    }
    async writeSession(key, { bytes, version }, ttl, expected) {
        const mode = typeof expected === 'string' ? [expected] : ['version', expected.version];
        const reply = await this.#run(scripts.writeSession, this.#keys(key).all, [version, buffer(bytes), ttl, ...mode]);
        return reply === 1 ? { written: true } : { written: false, current: sessionOf(reply) };
    }
    async deleteSession(key) {
        return (await this.#run(scripts.deleteSession, this.#keys(key).all)) === 1;
    }
    async touchSession(key, ttl) {
        return (await this.#run(scripts.touchSession, this.#keys(key).all, [ttl])) === 1;
    }
    async startRequest(key, field, bytes, ttl, limit) {
        const reply = await this.#run(scripts.startRequest, this.#keys(key).all, [ttl, field, buffer(bytes), limit]);
        if (reply === 0)
            return 'no session';
        return reply === 2 ? 'full' : { version: text(reply) };
    }
    async finishRequest(key, field) {
        const { requests } = this.#keys(key);
        await this.#connection.run(requests, () => ['HDEL', requests, field]);
    }
    async requestsInFlight(key) {
        const { session, requests } = this.#keys(key);
        return pairs(await this.#run(scripts.requestsInFlight, [session, requests]));
    }
    async acquireLease(key, name, owner, ttl) {
        const reply = await this.#run(scripts.acquireLease, [this.#keys(key).lease(name)], [owner, ttl]);
        return typeof reply === 'number' ? reply : text(reply);
    }
    async renewLease(key, name, owner, ttl) {
        return (await this.#run(scripts.renewLease, [this.#keys(key).lease(name)], [owner, ttl])) === 1;
    }
    async releaseLease(key, name, owner) {
        return (await this.#run(scripts.releaseLease, [this.#keys(key).lease(name)], [owner])) === 1;
    }
    async leaseOwner(key, name) {
        const lease = this.#keys(key).lease(name);
        const reply = await this.#connection.run(lease, () => ['GET', lease]);
        return reply === null ? undefined : text(reply);
    }
    async admit(group, member, ttl, limit) {
        return (await this.#run(scripts.admit, [this.#keys(group).group], [member, ttl, limit])) === 1;
    }
    async leave(group, member) {
        const key = this.#keys(group).group;
        await this.#connection.run(key, () => ['ZREM', key, member]);
    }
    async appendEvent(key, log, stream, { label, bytes }, { maxEvents, maxBytes, maxAge }) {
        const { logs, sizes, session } = this.#keys(key);
        const given = [stream, label, buffer(bytes), log, maxEvents, maxBytes, maxAge];
        await this.#run(scripts.appendEvent, [logs[log], sizes, session], given, true);
    }
    async readEvents(key, log, stream, after, limit) {
        const reply = await this.#run(scripts.readEvents, [this.#keys(key).logs[log]], [stream, after ?? '', limit]);
        const [found, flat] = reply;
        const events = pairs(flat).map(([label, bytes]) => ({ label, bytes }));
        return { found: found === 1, events: events.slice(0, limit), more: events.length > limit };
    }
    async clearEvents(key) {
        const { logs, sizes } = this.#keys(key);
        await this.#connection.run(sizes, () => ['DEL', logs.standalone, logs.calls, sizes]);
    }
    publish(to, bytes) {
        return this.#notices.publish(to, buffer(bytes));
    }
    subscribe(listener) {
        return this.#notices.subscribe(listener);
    }
    async close() {
        await this.#notices.close();
        this.#connection.close();
    }
    #keys(key) {
        return keysOf(this.#prefix, key);
    }
    /** @param tellsAgain whether the script wants to know, as its last argument, that it is sent again */
    #run(script, keys, given = [], tellsAgain = false) {
        const plain = given.map((one) => (typeof one === 'number' ? String(one) : one));
        return this.#connection.run(keys[0] ?? '', (isAgain) => [
            'EVAL',
            script,
            String(keys.length),
            ...keys,
            ...plain,
            ...(tellsAgain ? [isAgain ? '1' : '0'] : []),
        ]);
    }
}
function sessionOf(reply) {
    const [version, bytes, expiresAt] = reply;
    if (version === undefined || bytes === undefined || expiresAt === undefined)
        return undefined;
    return { version: text(version), bytes, expiresAt };
}
function pairs(reply) {
    const flat = reply;
    return Array.from({ length: flat.length / 2 }, (_, n) => [text(flat[2 * n]), flat[2 * n + 1] ?? Buffer.alloc(0)]);
}
function text(reply) {
    return Buffer.isBuffer(reply) ? reply.toString('utf8') : String(reply);
}
function buffer(bytes) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
//# sourceMappingURL=redis-back-end.js.map