export { lmdbStore, type LmdbStoreOptions } from './lmdb/lmdb-store.js'
