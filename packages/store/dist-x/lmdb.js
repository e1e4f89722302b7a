export { lmdbStore } from './lmdb/lmdb-store.js';
//# sourceMappingURL=lmdb.js.map