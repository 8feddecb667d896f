export { helpText } from './help.ts';
export { run } from './run.ts';
export type { RunDeps } from './run.ts';
