export * from './clock.ts';
export * from './cluster.ts';
export * from './cluster-views.ts';
export * from './log.ts';
export * from './node.ts';
export * from './proxy.ts';
export * from './settings.ts';
