import { StoreError } from '../contract/errors.js';
const idPattern = /^[A-Za-z0-9._-]{1,32}$/;
const base64Pattern = /^[A-Za-z0-9+/_-]+={0,2}$/;
const secretLength = 32;
/**
 * Reads `id:base64,id:base64`, as an environment variable has it, or checks keys that are given as they are.
 * @throws StoreError `invalid_option`; the message never contains a key
 */
export function encryptionKeysOf(given) {
    const keys = typeof given === 'string' ? parse(given) : (given ?? []);
    if (keys.length === 0) {
        throw invalid('is given but has no key in it. Is the environment variable set? Leave the option out for no encryption.');
    }
    for (const { id, secret } of keys) {
        if (!idPattern.test(id))
            throw invalid('has a key whose id is not 1 to 32 letters, digits, ".", "_" or "-".');
        if (secret.length !== secretLength) {
            throw invalid(`has a key "${id}" of ${secret.length} bytes; AES-256 needs 32: openssl rand -base64 32.`);
        }
    }
    if (new Set(keys.map(({ id }) => id)).size !== keys.length)
        throw invalid('has two keys of the same id.');
    return keys;
}
function parse(text) {
    return text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .map((part, index) => {
        const [id, secret, ...rest] = part.split(':');
        if (id === undefined || secret === undefined || rest.length > 0 || !base64Pattern.test(secret)) {
            throw invalid(`has an entry ${index + 1} that is not "id:base64".`);
        }
        return { id, secret: Buffer.from(secret, 'base64') };
    });
}
function invalid(message) {
    return new StoreError('invalid_option', `The option encryptionKeys ${message}`);
}
//# sourceMappingURL=encryption-keys.js.map