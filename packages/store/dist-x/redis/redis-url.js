import { StoreError } from '../contract/errors.js';
const shapes = 'redis://host:6379/0, redis-sentinel://host:26379,host:26379/master-name, redis-cluster://host:6379,host:6379';
const pattern = /^(?<scheme>rediss?)(?:-(?<kind>sentinel|cluster))?:\/\/(?:(?<credentials>[^@/]*)@)?(?<hosts>[^/?#]*)(?:\/(?<path>[^?#]*))?$/;
/**
 * Reads `redis[s]://[user:password@]host[:port][/database]`, `redis[s]-sentinel://…host,host/master-name[/database]` and
 * `redis[s]-cluster://…host,host`. User and password are percent-encoded.
 * @throws StoreError `invalid_option`; the message never contains the URL, because a password may be in it
 */
export function readRedisUrl(url) {
    const groups = pattern.exec(url)?.groups;
    if (groups === undefined)
        throw invalid('it is not of one of these shapes');
    const kind = (groups.kind ?? 'single');
    const addresses = (groups.hosts ?? '').split(',').map((host) => addressOf(host, kind === 'sentinel' ? 26379 : 6379));
    if (kind === 'single' && addresses.length > 1)
        throw invalid('several hosts need redis-sentinel:// or redis-cluster://');
    const path = (groups.path ?? '').split('/').filter((part) => part !== '');
    const masterName = kind === 'sentinel' ? path.shift() : undefined;
    if (kind === 'sentinel' && masterName === undefined)
        throw invalid('the name of the master is missing');
    if (path.length > 1 || (kind === 'cluster' && path.length > 0))
        throw invalid('it goes on where it should end');
    const database = Number(path[0] ?? 0);
    if (!Number.isInteger(database) || database < 0)
        throw invalid('the database is not a number');
    return {
        kind,
        addresses,
        tls: groups.scheme === 'rediss',
        database,
        ...(masterName === undefined ? {} : { masterName: decoded(masterName) }),
        ...credentialsOf(groups.credentials),
    };
}
function addressOf(text, defaultPort) {
    const match = /^(\[[0-9A-Fa-f:.]+\]|[^[\]:\s]+)(?::(\d{1,5}))?$/.exec(text);
    const port = Number(match?.[2] ?? defaultPort);
    if (match?.[1] === undefined || port < 1 || port > 65535)
        throw invalid('a host is missing, or its port is no port');
    return { host: match[1].replace(/^\[|\]$/g, ''), port };
}
function credentialsOf(text) {
    if (text === undefined || text === '')
        return {};
    const [username = '', ...rest] = text.split(':');
    return {
        ...(username === '' ? {} : { username: decoded(username) }),
        ...(rest.length === 0 ? {} : { password: decoded(rest.join(':')) }),
    };
}
function decoded(text) {
    try {
        return decodeURIComponent(text);
    }
    catch {
        throw invalid('a "%" in it has to be written as "%25"');
    }
}
function invalid(reason) {
    return new StoreError('invalid_option', `The URL of the Redis store can't be used: ${reason}. Expected: ${shapes}.`);
}
//# sourceMappingURL=redis-url.js.map