export function timeOf(value) {
    return value.length < 8 ? 0 : value.readDoubleBE(0);
}
export function timed(time, ...parts) {
    const head = Buffer.alloc(8);
    head.writeDoubleBE(time);
    return Buffer.concat([head, ...parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))]);
}
export function sessionValue(expiresAt, version, bytes) {
    return timed(expiresAt, short(version), bytes);
}
/** @returns undefined for what nobody of ours wrote */
export function readSessionValue(value) {
    const [version, bytes] = readShort(value, 8);
    return version === undefined ? undefined : { expiresAt: timeOf(value), version, bytes };
}
export function eventValue({ storedAt, stream, label, bytes }) {
    return timed(storedAt, short(stream), short(label), bytes);
}
export function readEventValue(value) {
    const [stream = '', rest] = readShort(value, 8);
    const [label = '', bytes] = readShort(rest, 0);
    return { storedAt: timeOf(value), stream, label, bytes };
}
export function noticeValue(storedAt, to, bytes) {
    return timed(storedAt, short(to), bytes);
}
export function readNoticeValue(value) {
    const [to = '', bytes] = readShort(value, 8);
    return { storedAt: timeOf(value), to, bytes };
}
export function logsValue({ expiresAt, standalone, calls }) {
    const numbers = [standalone, calls].flatMap(({ next, count, bytes }) => [next, count, bytes]);
    const tail = Buffer.alloc(numbers.length * 8);
    numbers.forEach((number, index) => tail.writeDoubleBE(number, index * 8));
    return timed(expiresAt, tail);
}
export function readLogsValue(value) {
    const number = (index) => (value === undefined || value.length < 56 ? 0 : value.readDoubleBE(8 + index * 8));
    const state = (first) => ({
        next: number(first),
        count: number(first + 1),
        bytes: number(first + 2),
    });
    return { expiresAt: value === undefined ? 0 : timeOf(value), standalone: state(0), calls: state(3) };
}
function short(text) {
    const bytes = Buffer.from(text, 'latin1');
    return Buffer.concat([Buffer.of(bytes.length), bytes]);
}
function readShort(value, start) {
    const length = value[start];
    const end = start + 1 + (length ?? 0);
    if (length === undefined || end > value.length)
        return [undefined, Buffer.alloc(0)];
    return [value.toString('latin1', start + 1, end), value.subarray(end)];
}
//# sourceMappingURL=values.js.map