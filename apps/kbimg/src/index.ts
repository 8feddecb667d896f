export { parseCommandLine, type CommandLine } from './command-line.ts';
export { run, type RunDeps } from './run.ts';
