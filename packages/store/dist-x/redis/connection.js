import { ClientOfflineError } from '@redis/client';
import { StoreError } from '../contract/errors.js';
import { within } from '../front/within.js';
import { backOff } from './client.js';
import { asStoreError, isPassing, messageOf } from './redis-errors.js';
/**
 * Commands with a deadline, over a connection that comes back. A command waits for the connection, and is sent again when it was
 * lost, until its deadline; so that commands have to be such that twice is as good as once.
 */
export class Connection {
    #create;
    #timeout;
    #warn;
    #client;
    #isLost = false;
    #lastError;
    #isClosed = false;
    /** @param timeout ms that a command may take in all */
    constructor(create, timeout, warn) {
        this.#create = create;
        this.#timeout = timeout;
        this.#warn = warn;
        this.#renew();
    }
    /**
     * @param command is told whether it is sent for the second time
     * @throws StoreError `store_unavailable` after the timeout, at the latest
     */
    async run(key, command, timeout = this.#timeout) {
        const deadline = performance.now() + timeout;
        let isAgain = false;
        for (let tries = 0;; tries++) {
            if (this.#isClosed)
                throw new StoreError('store_closed', 'The store was closed.');
            const client = this.#client;
            const left = deadline - performance.now();
            if (left <= 0)
                throw this.#unavailable(timeout);
            try {
                if (client === undefined)
                    throw new Error('not connected');
                const reply = await within(left, client.send(key, command(isAgain)));
                if (reply !== undefined)
                    return reply.value;
                // No answer at all: whatever this connection is, it is not one. The next command gets a new one.
                this.#lastError = new Error('no answer');
                if (this.#client === client)
                    this.#renew();
                throw this.#unavailable(timeout);
            }
            catch (error) {
                if (StoreError.isInstance(error))
                    throw error;
                if (!isPassing(error))
                    throw asStoreError(error);
                // "Offline" says nothing; why it is offline was told by an event.
                if (!(error instanceof ClientOfflineError))
                    this.#lastError = error;
                isAgain = true;
            }
            await pause(Math.min(backOff(tries), Math.max(1, deadline - performance.now())));
        }
    }
    close() {
        this.#isClosed = true;
        this.#destroy();
    }
    #renew() {
        this.#destroy();
        const client = this.#create({
            onReady: () => {
                if (this.#client !== client || !this.#isLost)
                    return;
                this.#isLost = false;
                this.#warn({ code: 'connection_restored', message: 'The connection to Redis is back.' });
            },
            onError: (error) => {
                if (this.#client !== client || this.#isClosed)
                    return;
                this.#lastError = error;
                if (this.#isLost)
                    return;
                this.#isLost = true;
                const message = `The connection to Redis was lost: ${messageOf(error)}`;
                this.#warn({ code: 'connection_lost', message, cause: error });
            },
        });
        this.#client = client;
        void this.#connect(client);
    }
    /** A single client tries for ever by itself; the others give up, and are made to go on here. */
    async #connect(client) {
        for (let tries = 0; !this.#isClosed && this.#client === client; tries++) {
            try {
                await client.connect();
                return;
            }
            catch (error) {
                this.#lastError = error;
            }
            await pause(backOff(tries));
        }
    }
    #destroy() {
        try {
            this.#client?.destroy();
        }
        catch {
            // It was not open: then it need not be closed.
        }
        this.#client = undefined;
    }
    #unavailable(timeout) {
        const reason = this.#lastError === undefined ? 'not connected yet' : messageOf(this.#lastError);
        const message = `Redis could not be reached, or did not answer, within ${timeout} ms: ${reason}`;
        return new StoreError('store_unavailable', message, { cause: this.#lastError });
    }
}
export function pause(ms) {
    return new Promise((resolve) => setTimeout(resolve, ms));
}
//# sourceMappingURL=connection.js.map