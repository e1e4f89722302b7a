/** A map whose entries end by themselves; without a timer: what has expired is dropped when it is met. */
export declare class ExpiringMap<Value extends {
    readonly expiresAt: number;
}> {
    #private;
    constructor(now: () => number);
    /** Entries, expired ones that were not met yet included. */
    get size(): number;
    get(key: string): Value | undefined;
    set(key: string, value: Value): void;
    delete(key: string): boolean;
    /** Drops all that has expired. */
    sweepAll(): void;
    clear(): void;
}
//# sourceMappingURL=expiring-map.d.ts.map