/** Something that is no error for whoever asked, but that an operator wants to know. Names no session. */
export interface StoreWarning {
    readonly code: 
    /** A record has a wrong checksum, does not decrypt, or is not JSON. It counts as missing. */
    'record_damaged'
    /** A record is not in a format of ours, or is encrypted (or not) against what was configured. It counts as missing. */
     | 'record_foreign'
    /** A record is encrypted with a key that was not given. It counts as missing. */
     | 'key_unknown'
    /** The connection to the store was lost; it is being made again. */
     | 'connection_lost'
    /** The connection is back. */
     | 'connection_restored'
    /** Notices of the bus may have been missed; subscribers were told so. */
     | 'notices_missed'
    /** A subscriber of the bus, or another callback, threw. */
     | 'listener_failed';
    readonly message: string;
    readonly cause?: unknown;
}
export type WarningListener = (warning: StoreWarning) => void;
//# sourceMappingURL=warning.d.ts.map