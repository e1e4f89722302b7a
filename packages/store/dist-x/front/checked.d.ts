/** @throws StoreError `invalid_option` for what is no duration in ms, from 1 to ten years */
export declare function checkedTtl(ttl: number): number;
/** @throws StoreError `invalid_option` for what is no whole number in this range */
export declare function checkedCount(name: string, value: number, least: number, most: number): number;
/** @throws StoreError `invalid_option` for an owner's token that is empty or longer than 128 characters */
export declare function checkedOwner(owner: string): string;
/** @throws StoreError `too_large` */
export declare function checkedSize(what: string, bytes: Uint8Array, most: number): Uint8Array;
//# sourceMappingURL=checked.d.ts.map