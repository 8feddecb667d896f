/** What kbimg was asked for on its command line; as upstream's, with `--output` and `--push`. */
import { parseArgs } from 'node:util';
import { KubeosError } from '@kubeos/core';
import { imageKinds, type ImageKind } from '@kubeos/core/image';

/** A command line, understood. */
export type CommandLine =
  | { readonly command: 'help' | 'version' }
  | {
      readonly command: 'create';
      readonly kind: ImageKind;
      /** The recipe. */
      readonly file: string;
      /** Folder of the artefacts. */
      readonly output: string;
      /** Check everything and say what would be built, build nothing. */
      readonly debug: boolean;
      /** Push the upgrade image to the registry in its name. */
      readonly push: boolean;
    };

const options = {
  file: { type: 'string', short: 'f' },
  output: { type: 'string', short: 'o', default: 'scripts-auto' },
  push: { type: 'boolean', default: false },
  debug: { type: 'boolean', short: 'd', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', short: 'V', default: false },
} as const;

/** Reads the arguments after the program's name. Throws `INVALID_ARGUMENT` for anything that is not understood. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { values, positionals } = parse(argv);
  const [command, word, ...rest] = positionals;
  if (values.version) return { command: 'version' };
  if (values.help || command === 'help') return { command: 'help' };
  if (command !== 'create') {
    throw wrong(command === undefined ? 'no command' : `there is no command "${command}"`);
  }
  const kind = imageKinds.find((name) => name === word);
  if (kind === undefined) {
    const what = word === undefined ? 'create what?' : `there is no image kind "${word}":`;
    throw wrong(`${what} ${imageKinds.join(', ')}`);
  }
  if (rest[0] !== undefined) throw wrong(`"${rest[0]}" is one word too many`);
  if (values.file === undefined) throw wrong('--file FILE, the recipe, is missing');
  if (values.push && kind !== 'upgrade-img') {
    throw wrong('--push goes with upgrade-img only');
  }
  return {
    command,
    kind,
    file: values.file,
    output: values.output,
    debug: values.debug,
    push: values.push,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function wrong(problem: string, cause?: unknown): KubeosError {
  return new KubeosError('INVALID_ARGUMENT', `kbimg: ${problem} (see kbimg --help)`, { cause });
}
