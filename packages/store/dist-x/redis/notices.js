import { randomBytes } from 'node:crypto';
import { StoreError } from '../contract/errors.js';
import { pause } from './connection.js';
import { publish } from './scripts.js';
const maxNotices = 10_000;
const maxNoticeAge = 60_000;
/** ms that one read waits at the server for something to come. */
const longestWait = 5000;
/** What no session's key is: it starts a subscription, and nobody is meant. */
const nobody = '-';
/**
 * The bus, as a Redis Stream and not as Pub/Sub: who was cut off for a moment reads on from where it was, and misses nothing.
 * It is read over a connection of its own, because a read waits.
 */
export class Notices {
    #connection;
    #connectReader;
    #key;
    #listeners = new Set();
    #reader;
    #reading;
    constructor(connection, connectReader, key) {
        this.#connection = connection;
        this.#connectReader = connectReader;
        this.#key = key;
    }
    async publish(to, bytes) {
        await this.#add(to, bytes);
    }
    async subscribe(listener) {
        // A notice of our own marks the place from which on everything is heard.
        const start = await this.#add(nobody, Buffer.alloc(0));
        this.#listeners.add(listener);
        this.#reader ??= this.#connectReader();
        this.#reading ??= this.#read(this.#reader, start);
        return () => void this.#listeners.delete(listener);
    }
    async close() {
        this.#listeners.clear();
        this.#reader?.close();
        await this.#reading;
    }
    async #add(to, bytes) {
        const id = randomBytes(6).toString('base64url');
        const given = [to, bytes, id, String(maxNotices), String(maxNoticeAge)];
        const again = (isAgain) => ['EVAL', publish, '1', this.#key, ...given, isAgain ? '1' : '0'];
        return String(await this.#connection.run(this.#key, again));
    }
    async #read(reader, start) {
        let position = start;
        let isInterrupted = false;
        for (;;) {
            try {
                if (isInterrupted)
                    position = await this.#goOn(reader, position);
                isInterrupted = false;
                for (const [id, fields] of await this.#next(reader, position)) {
                    position = String(id);
                    const [, to, , bytes] = fields;
                    if (to === undefined || bytes === undefined)
                        continue;
                    for (const listener of this.#listeners)
                        listener.onNotice(String(to), bytes);
                }
            }
            catch (error) {
                if (StoreError.isInstance(error) && error.code === 'store_closed')
                    return;
                isInterrupted = true;
                // The connection waits and backs off by itself; this is for a server that answers with errors.
                await pause(100);
            }
        }
    }
    /** After an interruption: whether what came next is still known, and where to go on. */
    async #goOn(reader, position) {
        const kept = await reader.run(this.#key, () => ['XRANGE', this.#key, position, position]);
        if (kept.length > 0)
            return position;
        // The entry is gone: trimmed, or never seen by the server that took over. Start at the newest, and say so.
        const newest = await this.#add(nobody, Buffer.alloc(0));
        for (const listener of this.#listeners)
            listener.onGap();
        return newest;
    }
    async #next(reader, position) {
        const command = ['XREAD', 'COUNT', '100', 'BLOCK', String(longestWait), 'STREAMS', this.#key, position];
        const given = (isAgain) => {
            // Whether anything is missing by now has to be asked before.
            if (isAgain)
                throw new StoreError('store_unavailable', 'The bus was interrupted.');
            return command;
        };
        const reply = (await reader.run(this.#key, given, longestWait + 5000));
        return reply?.[0]?.[1] ?? [];
    }
}
//# sourceMappingURL=notices.js.map