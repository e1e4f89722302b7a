export function createRecordReader(sealer, warn) {
    return {
        seal: (context, value) => sealer.seal(context, value),
        open(context, key, bytes) {
            const opened = sealer.open(context, bytes);
            if ('value' in opened)
                return opened.value;
            warn({ code: opened.problem, message: `A record ${opened.message} (${named(key)}). It counts as missing.` });
            return undefined;
        },
        refuse(key, problem) {
            warn({ code: 'record_foreign', message: `A record ${problem} (${named(key)}). It counts as missing.` });
        },
    };
}
/** Enough of a key, which is a hash, to find the record by. */
function named(key) {
    return key === '' ? 'of the bus' : `key ${key.slice(0, 8)}…`;
}
//# sourceMappingURL=record-reader.js.map