export { helpText } from './help.ts';
export { parseCommandLine, type CommandLine } from './command-line.ts';
export { createProgress, type Progress } from './progress.ts';
export { run, type RunDeps } from './run.ts';
