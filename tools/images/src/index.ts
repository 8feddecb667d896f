export { helpText, readArguments, type Request } from './person/arguments.ts';
