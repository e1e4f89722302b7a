import { StoreError } from '../contract/errors.js';
const longestTtl = 10 * 365 * 24 * 3600 * 1000;
/** @throws StoreError `invalid_option` for what is no duration in ms, from 1 to ten years */
export function checkedTtl(ttl) {
    if (!(ttl >= 1 && ttl <= longestTtl)) {
        throw new StoreError('invalid_option', `A duration has to be 1 to ${longestTtl} ms, not ${ttl}.`);
    }
    return Math.floor(ttl);
}
/** @throws StoreError `invalid_option` for what is no whole number in this range */
export function checkedCount(name, value, least, most) {
    if (!Number.isSafeInteger(value) || value < least || value > most) {
        throw new StoreError('invalid_option', `${name} has to be a whole number from ${least} to ${most}, not ${value}.`);
    }
    return value;
}
/** @throws StoreError `invalid_option` for an owner's token that is empty or longer than 128 characters */
export function checkedOwner(owner) {
    if (owner === '' || owner.length > 128) {
        throw new StoreError('invalid_option', 'An owner has to be a text of 1 to 128 characters.');
    }
    return owner;
}
/** @throws StoreError `too_large` */
export function checkedSize(what, bytes, most) {
    if (bytes.length > most) {
        throw new StoreError('too_large', `${what} of ${bytes.length} bytes is not stored; ${most} are the limit.`);
    }
    return bytes;
}
//# sourceMappingURL=checked.js.map