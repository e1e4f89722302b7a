import { type RootDatabaseOptionsWithPath } from 'lmdb';
import type { Database } from './database.js';
/**
 * Opens a file once in the life of the process, and never closes it: whoever asks again gets the same.
 * - A second opening in one process loses the locks of the first one; and it blocks the thread for a transaction, while one
 *   of the first may wait for that thread, for ever.
 * - Where a process closes a file in the moment in which another one opens it, LMDB takes the locks apart under the other
 *   one, and both may write at once (lmdb 3.5.6). The end of a process does not.
 * Throws what LMDB throws.
 */
export declare function openDatabase(path: string, options?: Omit<RootDatabaseOptionsWithPath, 'path'>): Database;
//# sourceMappingURL=open-database.d.ts.map