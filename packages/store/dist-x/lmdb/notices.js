import { watch } from 'node:fs';
import { utimes, writeFile } from 'node:fs/promises';
import { noticeAt, rangeOf } from './database.js';
import { noticeValue, readNoticeValue, timeOf } from './values.js';
const maxNotices = 10_000;
const maxNoticeAge = 60_000;
/** More than the one that was added, so that a backlog shrinks. */
const droppedPerPublish = 4;
/** How late a notice is where no signal comes from the file system: a read of one key, four times a second. */
const pollInterval = 250;
/**
 * The bus of one machine: a short log in the database, which every process reads from where it was. A file that is touched
 * after each write is the bell; where the platform does not ring it (some container mounts), a slow poll does.
 */
export class Notices {
    #work;
    #database;
    #bell;
    #now;
    #listeners = new Set();
    #heard = -1;
    #watcher;
    #poll;
    #ringing = false;
    #ringAgain = false;
    constructor(work, bell, now) {
        this.#work = work;
        this.#database = work.database;
        this.#bell = bell;
        this.#now = now;
    }
    async publish(to, bytes) {
        await this.#work.inTurn(() => {
            const now = this.#now();
            const oldest = [...rangeOf(this.#database, ['b'], { limit: droppedPerPublish })];
            const position = this.#newest() + 1;
            this.#database.putSync(noticeAt(position), noticeValue(now, to, bytes));
            for (const { key, value } of oldest) {
                if (positionOf(key) < position - maxNotices || timeOf(value) < now - maxNoticeAge)
                    this.#database.removeSync(key);
            }
        });
        this.#deliver();
        void this.#ring();
    }
    async subscribe(listener) {
        if (this.#poll === undefined) {
            // Open for appending, so that the file exists and nobody's is emptied.
            await writeFile(this.#bell, '', { flag: 'a' });
            this.#listen();
        }
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
    }
    close() {
        this.#listeners.clear();
        this.#watcher?.close();
        clearInterval(this.#poll);
    }
    #listen() {
        if (this.#poll !== undefined)
            return;
        this.#database.resetReadTxn();
        this.#heard = this.#newest();
        this.#poll = setInterval(() => {
            this.#deliver();
        }, pollInterval).unref();
        try {
            this.#watcher = watch(this.#bell, { persistent: false }, () => {
                this.#deliver();
            });
            // Without it the poll still finds everything.
            this.#watcher.on('error', () => this.#watcher?.close());
        }
        catch {
            this.#watcher = undefined;
        }
    }
    #deliver() {
        if (this.#poll === undefined)
            return;
        this.#database.resetReadTxn();
        if (this.#newest() <= this.#heard)
            return;
        for (const { key, value } of [...rangeOf(this.#database, ['b'], { after: noticeAt(this.#heard + 1) })]) {
            const position = positionOf(key);
            if (position > this.#heard + 1)
                for (const listener of this.#listeners)
                    listener.onGap();
            this.#heard = position;
            const { to, bytes } = readNoticeValue(value);
            for (const listener of this.#listeners)
                listener.onNotice(to, bytes);
        }
    }
    #newest() {
        for (const { key } of rangeOf(this.#database, ['b'], { reverse: true, limit: 1 }))
            return positionOf(key);
        return -1;
    }
    /** One touch at a time; what was published meanwhile is one more. */
    async #ring() {
        this.#ringAgain = true;
        if (this.#ringing)
            return;
        this.#ringing = true;
        while (this.#ringAgain) {
            this.#ringAgain = false;
            const time = this.#now() / 1000;
            // Nobody has subscribed where there is no file; and whoever is not rung polls.
            await utimes(this.#bell, time, time).catch(() => undefined);
        }
        this.#ringing = false;
    }
}
function positionOf(key) {
    return Number(key[1]);
}
//# sourceMappingURL=notices.js.map