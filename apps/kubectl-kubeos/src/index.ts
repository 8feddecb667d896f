export { run, type RunDeps } from './run.ts';
export { commandTexts, textOf, type CommandName, type CommandText } from './texts/commands.ts';
export { helpText } from './texts/help.ts';
