import type { WarningListener } from '../contract/warning.js';
import type { Sealer } from '../record/seal.js';
/** Reads and writes records; what can't be read is a warning and nothing else. */
export interface RecordReader {
    seal(context: string, value: unknown): Buffer;
    /** @param key of the session, for the warning. @returns undefined for what can't be read */
    open(context: string, key: string, bytes: Uint8Array): unknown;
    /** Warns of a record that reads well and is not what it should be. */
    refuse(key: string, problem: string): void;
}
export declare function createRecordReader(sealer: Sealer, warn: WarningListener): RecordReader;
//# sourceMappingURL=record-reader.d.ts.map