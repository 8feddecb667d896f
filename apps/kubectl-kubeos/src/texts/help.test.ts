import { describe, expect, it } from '@jest/globals';
import { parseCommandLine } from '../command-line.ts';
import { commandTexts, textOf, type CommandName } from './commands.ts';
import { helpText } from './help.ts';

const names = Object.keys(commandTexts) as CommandName[];

/** Words of a line as a shell splits them. */
const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/gu)].map(([, quoted, plain]) => quoted ?? plain ?? '');

describe('the help', () => {
  it.each(names)('of %s has its usage, its options and examples', (name) => {
    const help = helpText(name);
    expect(help).toContain(`Usage: kubectl kubeos ${name}`);
    expect(help).toContain('Examples:\n  # ');
    for (const option of textOf(name).options) expect(help).toContain(`--${option}`);
  });

  it.each(names)('of %s fits into a terminal', (name) => {
    const lines = helpText(name).split('\n');
    expect(lines.filter((line) => line.length > 120 && !line.includes('kubectl_complete'))).toEqual(
      [],
    );
  });

  const examples = names.flatMap((name) =>
    textOf(name).examples.map(({ line }) => ({ name, line })),
  );

  it.each(examples)('gives an example that is understood: $line', ({ name, line }) => {
    const [command = ''] = line.split(' > ');
    const [kubectl, kubeos, ...argv] = wordsOf(command);
    expect([kubectl, kubeos]).toEqual(['kubectl', 'kubeos']);
    expect(parseCommandLine(argv)).toMatchObject({ kind: 'run', command: name });
  });

  it('of the program names every command', () => {
    for (const name of names) expect(helpText()).toMatch(new RegExp(`^  ${name} `, 'mu'));
  });
});
