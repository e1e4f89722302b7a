import { StoreError } from '../contract/errors.js';
/**
 * - `again`: the connection or the server's state; the same command may work in a moment.
 * - `final`: an answer of the server, which will be the same again.
 */
export declare function isPassing(error: unknown): boolean;
export declare function asStoreError(error: unknown): StoreError;
export declare function messageOf(error: unknown): string;
//# sourceMappingURL=redis-errors.d.ts.map