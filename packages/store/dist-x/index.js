export { StoreError } from './contract/errors.js';
export { memoryStore } from './memory/memory-store.js';
//# sourceMappingURL=index.js.map