/** Waits for a promise, and not longer than this. @returns undefined where it takes longer; what comes of it then is nobody's */
export declare function within<Value>(ms: number, promise: Promise<Value>): Promise<{
    value: Value;
} | undefined>;
//# sourceMappingURL=within.d.ts.map