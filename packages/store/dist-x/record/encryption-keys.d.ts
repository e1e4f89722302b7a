/** A key by which records are encrypted. */
export interface EncryptionKey {
    /** Names the key in the records that it wrote: 1 to 32 letters, digits, `.`, `_` or `-`. Not secret. */
    readonly id: string;
    /** 32 bytes, random. */
    readonly secret: Uint8Array;
}
/**
 * Reads `id:base64,id:base64`, as an environment variable has it, or checks keys that are given as they are.
 * @throws StoreError `invalid_option`; the message never contains a key
 */
export declare function encryptionKeysOf(given: string | readonly EncryptionKey[] | undefined): readonly EncryptionKey[];
//# sourceMappingURL=encryption-keys.d.ts.map