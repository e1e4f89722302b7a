/** Every code that a {@link StoreError} can have. Codes are stable; messages are not. */
export type StoreErrorCode = 
/** An option or argument is not what it has to be. */
'invalid_option'
/** The store can't be reached, or did not answer in time. What was asked for may or may not have been done. */
 | 'store_unavailable'
/** The store was closed by `close()`. */
 | 'store_closed'
/** There is no room for another record. */
 | 'store_full'
/** A record, an event or a notice is larger than what is stored. */
 | 'too_large'
/** The session has as many requests in flight as may be noted. */
 | 'too_many_requests'
/** The event after which was to be replayed is not kept, so that events may be missing. */
 | 'event_unknown'
/** The store answered with an error of its own: see `cause`. */
 | 'store_failed';
/** The one error type of this package. It names no session and holds no data of one. */
export declare class StoreError extends Error {
    /** Stable, for `switch`. */
    readonly code: StoreErrorCode;
    constructor(code: StoreErrorCode, message: string, options?: ErrorOptions);
    /** Whether `error` is one, also of another copy of this package. */
    static isInstance(error: unknown): error is StoreError;
}
//# sourceMappingURL=errors.d.ts.map