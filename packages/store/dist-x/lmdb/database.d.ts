import type { RootDatabase } from 'lmdb';
/** Keys are lists that begin with the kind of the record; LMDB keeps them in order. */
export type Key = (string | number)[];
export type Database = RootDatabase<Buffer, Key>;
/** Records that end by themselves, under one prefix, so that a sweep finds them all. */
export declare const timedPrefix = "t";
export declare const sessionAt: (key: string) => Key;
export declare const logsAt: (key: string) => Key;
export declare const leaseAt: (key: string, name: string) => Key;
export declare const memberAt: (group: string, member: string) => Key;
export declare const requestAt: (key: string, field: string) => Key;
export declare const eventAt: (key: string, log: string, position: number) => Key;
export declare const groupSizeAt: (group: string) => Key;
export declare const noticeAt: (position: number) => Key;
export declare function rangeOf(database: Database, prefix: Key, { after, reverse, limit }?: {
    after?: Key;
    reverse?: boolean;
    limit?: number;
}): Generator<{
    key: Key;
    value: Buffer;
}>;
/** How many there are under a prefix; not more than `limit` are counted. */
export declare function countOf(database: Database, prefix: Key, limit: number): number;
/** Inside a transaction: removes all that is under a prefix. */
export declare function removeRange(database: Database, prefix: Key): void;
//# sourceMappingURL=database.d.ts.map