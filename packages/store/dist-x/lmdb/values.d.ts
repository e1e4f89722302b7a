/**
 * What lies under a key. Whatever ends by itself begins with 8 bytes that say when (ms since the Unix epoch), so that a
 * sweep needs to know nothing else of it.
 */
export interface SessionValue {
    readonly expiresAt: number;
    readonly version: string;
    readonly bytes: Buffer;
}
export interface EventValue {
    readonly storedAt: number;
    readonly stream: string;
    readonly label: string;
    readonly bytes: Uint8Array;
}
export interface NoticeValue {
    readonly storedAt: number;
    readonly to: string;
    readonly bytes: Buffer;
}
/** What is in a log: where the next event goes, and how much is kept. */
export interface LogState {
    next: number;
    count: number;
    bytes: number;
}
export interface LogsValue {
    readonly expiresAt: number;
    readonly standalone: LogState;
    readonly calls: LogState;
}
export declare function timeOf(value: Buffer): number;
export declare function timed(time: number, ...parts: (Uint8Array | string)[]): Buffer;
export declare function sessionValue(expiresAt: number, version: string, bytes: Uint8Array): Buffer;
/** @returns undefined for what nobody of ours wrote */
export declare function readSessionValue(value: Buffer): SessionValue | undefined;
export declare function eventValue({ storedAt, stream, label, bytes }: EventValue): Buffer;
export declare function readEventValue(value: Buffer): EventValue & {
    bytes: Buffer;
};
export declare function noticeValue(storedAt: number, to: string, bytes: Uint8Array): Buffer;
export declare function readNoticeValue(value: Buffer): NoticeValue;
export declare function logsValue({ expiresAt, standalone, calls }: LogsValue): Buffer;
export declare function readLogsValue(value: Buffer | undefined): LogsValue;
//# sourceMappingURL=values.d.ts.map