const brand = Symbol.for('@mcp-tether/store/StoreError');
/** The one error type of this package. It names no session and holds no data of one. */
export class StoreError extends Error {
    /** Stable, for `switch`. */
    code;
    constructor(code, message, options) {
        super(message, options);
        this.name = 'StoreError';
        this.code = code;
        Object.defineProperty(this, brand, { value: true });
    }
    /** Whether `error` is one, also of another copy of this package. */
    static isInstance(error) {
        return typeof error === 'object' && error !== null && brand in error;
    }
}
//# sourceMappingURL=errors.js.map