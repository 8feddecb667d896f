export { decodeSnapshot, encodeSnapshot } from './snapshot.ts';
