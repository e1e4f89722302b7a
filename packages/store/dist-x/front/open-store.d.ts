import type { BackEnd, BackEndContext } from '../contract/back-end.js';
import type { Store, StoreOptions } from '../contract/store.js';
/** A store on a back end: the same for all of them. */
export declare function openStore(options: StoreOptions, open: (context: BackEndContext) => BackEnd): Store;
//# sourceMappingURL=open-store.d.ts.map