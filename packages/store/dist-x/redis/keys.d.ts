import type { LogName } from '../contract/back-end.js';
/** All keys of one session (or group) have its hashed id as their hash tag, so that a cluster keeps them together. */
export declare function keysOf(prefix: string, key: string): {
    session: string;
    requests: string;
    logs: Record<LogName, string>;
    sizes: string;
    lease: (name: string) => string;
    group: string;
    /** In the order in which the scripts take them. */
    all: string[];
};
//# sourceMappingURL=keys.d.ts.map