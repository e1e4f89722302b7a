import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
/** Format 1: CRC-32 over context and JSON, JSON. */
const plainFormat = 1;
/** Format 2: length and bytes of the key id, nonce, tag, ciphertext; the context is authenticated. */
const encryptedFormat = 2;
const nonceLength = 12;
const tagLength = 16;
/** Records with a checksum. Everything that can read the store can read them. */
export const plainSealer = {
    seal(context, value) {
        const json = Buffer.from(JSON.stringify(value));
        const head = Buffer.alloc(5);
        head.writeUInt8(plainFormat, 0);
        head.writeUInt32BE(checksum(context, json), 1);
        return Buffer.concat([head, json]);
    },
    open(context, bytes) {
        const record = asBuffer(bytes);
        if (record[0] === encryptedFormat)
            return foreign('is encrypted, and no encryptionKeys are given');
        if (record[0] !== plainFormat)
            return foreign('is not in a format of this version');
        if (record.length < 5)
            return damaged('is cut short');
        const json = record.subarray(5);
        if (record.readUInt32BE(1) !== checksum(context, json))
            return damaged('has a wrong checksum');
        return parsed(json);
    },
};
/**
 * Records encrypted by AES-256-GCM. Every context has a key of its own, derived by HKDF, so that the random nonces of one
 * key stay far from the 2^32 at which they could repeat (NIST SP 800-38D, 8.3).
 * @param keys the first one writes, all of them read
 */
export function encryptingSealer(keys, readUnencrypted) {
    const [writing] = keys;
    const byId = new Map(keys.map((key) => [key.id, key]));
    return {
        seal(context, value) {
            const nonce = randomBytes(nonceLength);
            const cipher = createCipheriv('aes-256-gcm', derived(writing, context), nonce);
            cipher.setAAD(Buffer.from(context));
            const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
            const id = Buffer.from(writing.id);
            return Buffer.concat([Buffer.of(encryptedFormat, id.length), id, nonce, cipher.getAuthTag(), text]);
        },
        open(context, bytes) {
            const record = asBuffer(bytes);
            if (record[0] === plainFormat) {
                return readUnencrypted
                    ? plainSealer.open(context, bytes)
                    : foreign('is not encrypted, and encryptionKeys are given');
            }
            if (record[0] !== encryptedFormat)
                return foreign('is not in a format of this version');
            const idEnd = 2 + (record[1] ?? 0);
            const textStart = idEnd + nonceLength + tagLength;
            if (record.length < textStart)
                return damaged('is cut short');
            const key = byId.get(record.toString('latin1', 2, idEnd));
            if (key === undefined)
                return { problem: 'key_unknown', message: 'is encrypted with a key that is not given' };
            const nonce = record.subarray(idEnd, idEnd + nonceLength);
            const decipher = createDecipheriv('aes-256-gcm', derived(key, context), nonce, { authTagLength: tagLength });
            decipher.setAAD(Buffer.from(context));
            decipher.setAuthTag(record.subarray(idEnd + nonceLength, textStart));
            let json;
            try {
                json = Buffer.concat([decipher.update(record.subarray(textStart)), decipher.final()]);
            }
            catch {
                return damaged('does not decrypt: it was changed, or lies where it was not written');
            }
            return parsed(json);
        },
    };
}
function derived({ secret }, context) {
    return new Uint8Array(hkdfSync('sha256', secret, '', `mcp-tether store\0${context}`, 32));
}
function checksum(context, json) {
    return crc32(json, crc32(context));
}
function parsed(json) {
    try {
        return { value: JSON.parse(json.toString('utf8')) };
    }
    catch {
        return damaged('is not JSON');
    }
}
function asBuffer(bytes) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
function damaged(message) {
    return { problem: 'record_damaged', message };
}
function foreign(message) {
    return { problem: 'record_foreign', message };
}
//# sourceMappingURL=seal.js.map