export { findLogin, type Credentials, type StoredLogin } from './registry/credentials.ts';
export {
  openRegistry,
  type RegistryClient,
  type RegistryOptions,
} from './registry/registry-client.ts';
export { createSlotStore, type SlotStoreDeps } from './slot-store.ts';
export type { ProxyEnvironment } from './source/connection.ts';
export type { TarEntry } from './tar/tar-entry.ts';
export { readTar, type TarItem } from './tar/tar-reader.ts';
export { renderEntry, renderPadding, tarEnd } from './tar/tar-writer.ts';
