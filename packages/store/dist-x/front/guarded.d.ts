import type { BackEnd } from '../contract/back-end.js';
/**
 * A back end that rejects with StoreErrors only, refuses everything after `close()`, and is closed once, after what was
 * begun before has ended.
 */
export declare function guarded(backEnd: BackEnd): BackEnd;
//# sourceMappingURL=guarded.d.ts.map