import { createClient, createCluster, createSentinel, RESP_TYPES } from '@redis/client';
const longestBackOff = 2000;
/** Milliseconds before the next try, with full jitter after the first: 50 to 2,000. */
export function backOff(retries, random = Math.random) {
    return Math.ceil(25 + random() * Math.min(longestBackOff - 25, 50 * 2 ** Math.min(retries, 10)));
}
/** A client that is not connected yet. It never keeps commands back: what can't be sent now is rejected now. */
export function createRedisClient({ kind, addresses, tls, username, password, database, masterName = '' }, tlsOptions, connectTimeout, { onReady, onError }) {
    const reconnectStrategy = (retries) => backOff(retries);
    const socket = { connectTimeout, reconnectStrategy, ...(tls ? { ...tlsOptions, tls: true } : {}) };
    const credentials = {
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
    };
    const common = { ...credentials, disableOfflineQueue: true, commandsQueueMaxLength: 10_000 };
    const commandOptions = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };
    const nodes = addresses.map(({ host, port }) => ({ host, port }));
    if (kind === 'cluster') {
        const defaults = { ...common, socket };
        const rootNodes = nodes.map((address) => ({ ...defaults, socket: { ...socket, ...address } }));
        const cluster = createCluster({ RESP: 2, rootNodes, defaults, commandOptions });
        cluster.on('error', onError);
        return {
            send: (key, command) => cluster.sendCommand(key, false, [...command], commandOptions),
            connect: () => cluster.connect().then(onReady),
            destroy: () => {
                cluster.destroy();
            },
        };
    }
    if (kind === 'sentinel') {
        const sentinel = createSentinel({
            RESP: 2,
            name: masterName,
            sentinelRootNodes: nodes,
            nodeClientOptions: { ...common, database, socket },
            sentinelClientOptions: { socket },
            commandOptions,
            scanInterval: 1000,
        });
        sentinel.on('error', onError);
        return {
            send: (_key, command) => sentinel.sendCommand(false, [...command], commandOptions),
            connect: () => sentinel.connect().then(onReady),
            destroy: () => {
                sentinel.destroy().catch(onError);
            },
        };
    }
    const client = createClient({ RESP: 2, ...common, database, socket: { ...socket, ...nodes[0] }, commandOptions });
    client.on('error', onError);
    client.on('ready', onReady);
    return {
        send: (_key, command) => client.sendCommand(command, commandOptions),
        connect: () => client.connect(),
        destroy: () => {
            client.destroy();
        },
    };
}
//# sourceMappingURL=client.js.map