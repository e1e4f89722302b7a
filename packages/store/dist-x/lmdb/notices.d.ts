import type { NoticeListener } from '../contract/back-end.js';
import type { WorkDatabase } from './work-database.js';
/**
 * The bus of one machine: a short log in the database, which every process reads from where it was. A file that is touched
 * after each write is the bell; where the platform does not ring it (some container mounts), a slow poll does.
 */
export declare class Notices {
    #private;
    constructor(work: WorkDatabase, bell: string, now: () => number);
    publish(to: string, bytes: Uint8Array): Promise<void>;
    subscribe(listener: NoticeListener): Promise<() => void>;
    close(): void;
}
//# sourceMappingURL=notices.d.ts.map