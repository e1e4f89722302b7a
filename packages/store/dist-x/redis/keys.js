/** All keys of one session (or group) have its hashed id as their hash tag, so that a cluster keeps them together. */
export function keysOf(prefix, key) {
    const at = (what) => `${prefix}{${key}}:${what}`;
    const logs = { standalone: at('es'), calls: at('ec') };
    return {
        session: at('s'),
        requests: at('r'),
        logs,
        sizes: at('eb'),
        lease: (name) => at(`l:${name}`),
        group: at('g'),
        /** In the order in which the scripts take them. */
        all: [at('s'), at('r'), logs.standalone, logs.calls, at('eb')],
    };
}
//# sourceMappingURL=keys.js.map