export { createSlotStore, type SlotStoreDeps } from './slot-store.ts';
export type { ProxyEnvironment } from './source/connection.ts';
