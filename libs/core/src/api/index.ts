export * from './agent-status.ts';
export * from './names.ts';
export * from './operation.ts';
export * from './os-instance.ts';
export * from './os.ts';
