import { StoreError } from '../contract/errors.js';
/**
 * A back end that rejects with StoreErrors only, refuses everything after `close()`, and is closed once, after what was
 * begun before has ended.
 */
export function guarded(backEnd) {
    const underWay = new Set();
    let closed;
    function guard(method) {
        return async (...given) => {
            if (closed !== undefined)
                throw new StoreError('store_closed', 'The store was closed.');
            const call = method(...given);
            underWay.add(call);
            try {
                return await call;
            }
            catch (error) {
                throw asStoreError(error);
            }
            finally {
                underWay.delete(call);
            }
        };
    }
    return {
        readSession: guard((...given) => backEnd.readSession(...given)),
        writeSession: guard((...given) => backEnd.writeSession(...given)),
        deleteSession: guard((...given) => backEnd.deleteSession(...given)),
        touchSession: guard((...given) => backEnd.touchSession(...given)),
        startRequest: guard((...given) => backEnd.startRequest(...given)),
        finishRequest: guard((...given) => backEnd.finishRequest(...given)),
        requestsInFlight: guard((...given) => backEnd.requestsInFlight(...given)),
        acquireLease: guard((...given) => backEnd.acquireLease(...given)),
        renewLease: guard((...given) => backEnd.renewLease(...given)),
        releaseLease: guard((...given) => backEnd.releaseLease(...given)),
        leaseOwner: guard((...given) => backEnd.leaseOwner(...given)),
        admit: guard((...given) => backEnd.admit(...given)),
        leave: guard((...given) => backEnd.leave(...given)),
        appendEvent: guard((...given) => backEnd.appendEvent(...given)),
        readEvents: guard((...given) => backEnd.readEvents(...given)),
        clearEvents: guard((...given) => backEnd.clearEvents(...given)),
        publish: guard((...given) => backEnd.publish(...given)),
        subscribe: guard((...given) => backEnd.subscribe(...given)),
        close() {
            closed ??= Promise.allSettled(underWay).then(() => backEnd.close());
            return closed;
        },
    };
}
function asStoreError(error) {
    if (StoreError.isInstance(error))
        return error;
    const reason = error instanceof Error ? error.message : String(error);
    return new StoreError('store_failed', `The store failed: ${reason}`, { cause: error });
}
//# sourceMappingURL=guarded.js.map