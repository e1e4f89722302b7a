import type { EncryptionKey } from './encryption-keys.js';
export type Opened = {
    readonly value: unknown;
} | {
    readonly problem: 'record_damaged' | 'record_foreign' | 'key_unknown';
    readonly message: string;
};
/** Turns values into the bytes of a record and back. */
export interface Sealer {
    /** @param context what the record is and where it lies: read under another one it is damaged */
    seal(context: string, value: unknown): Buffer;
    open(context: string, bytes: Uint8Array): Opened;
}
/** Records with a checksum. Everything that can read the store can read them. */
export declare const plainSealer: Sealer;
/**
 * Records encrypted by AES-256-GCM. Every context has a key of its own, derived by HKDF, so that the random nonces of one
 * key stay far from the 2^32 at which they could repeat (NIST SP 800-38D, 8.3).
 * @param keys the first one writes, all of them read
 */
export declare function encryptingSealer(keys: readonly [EncryptionKey, ...EncryptionKey[]], readUnencrypted: boolean): Sealer;
//# sourceMappingURL=seal.d.ts.map