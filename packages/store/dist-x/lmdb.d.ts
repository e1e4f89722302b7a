export { lmdbStore, type LmdbStoreOptions } from './lmdb/lmdb-store.js';
//# sourceMappingURL=lmdb.d.ts.map