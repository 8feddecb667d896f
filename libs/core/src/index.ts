export * from './api/index.ts';
export * from './conditions/index.ts';
export * from './drain/index.ts';
export * from './errors/index.ts';
export * from './ports/index.ts';
export * from './slots/index.ts';
export * from './lifecycle/index.ts';
export { parseWindow, windowState, type WindowState } from './rollout/window.ts';
export * from './proxy/index.ts';
