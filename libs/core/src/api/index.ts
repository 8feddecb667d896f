export * from './agent-status.ts';
export * from './names.ts';
export * from './operation.ts';
export * from './os-instance.ts';
export { osInstanceWire } from './os-instance.wire.ts';
export * from './os.ts';
export { osWire } from './os.wire.ts';
export { parseOsInstance } from './parse-os-instance.ts';
export { parseOs } from './parse-os.ts';
