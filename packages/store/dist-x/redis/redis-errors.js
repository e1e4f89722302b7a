import { StoreError } from '../contract/errors.js';
/** Replies of a server that is up and can't serve now: failing over, loading, resharding. */
const passing = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|UNBLOCKED|MOVED|ASK|NOSCRIPT)\b/;
const full = /^OOM\b/;
/**
 * - `again`: the connection or the server's state; the same command may work in a moment.
 * - `final`: an answer of the server, which will be the same again.
 */
export function isPassing(error) {
    const name = error instanceof Error ? error.constructor.name : '';
    const isReply = name.endsWith('ErrorReply') || name === 'SimpleError' || name === 'BlobError';
    return !isReply || passing.test(messageOf(error));
}
export function asStoreError(error) {
    if (StoreError.isInstance(error))
        return error;
    const message = messageOf(error);
    if (full.test(message))
        return new StoreError('store_full', `Redis has no memory left: ${message}`, { cause: error });
    return new StoreError('store_failed', `Redis refused a command: ${message}`, { cause: error });
}
export function messageOf(error) {
    if (error instanceof AggregateError && error.message === '')
        return error.errors.map(messageOf).join('; ');
    return error instanceof Error ? error.message : String(error);
}
//# sourceMappingURL=redis-errors.js.map