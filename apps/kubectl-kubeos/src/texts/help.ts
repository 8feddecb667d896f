/** The texts of `--help`. */
import { commandTexts, textOf, type CommandName, type Example } from './commands.ts';
import { commonOptions, optionTexts, type OptionName, type OptionText } from './options.ts';

/** The help of the program, or of one command. */
export function helpText(command?: CommandName): string {
  return command === undefined ? programHelp() : commandHelp(command);
}

function programHelp(): string {
  const commands = Object.entries(commandTexts).map(
    ([name, { summary }]) => `  ${name.padEnd(11)} ${summary}`,
  );
  return [
    'Usage: kubectl kubeos COMMAND [OPTION...]',
    '',
    'What every node of a KubeOS fleet does and why it waits, and what a person does about it.',
    '',
    'Commands:',
    ...commands,
    '',
    ...optionLines('Options of every command:', [...commonOptions, 'version']),
    '',
    'Exit status: 0 done; 1 diff found differences; 64 and above it failed, and nothing was printed on',
    'standard output. Colours only in a terminal, and not where NO_COLOR is set.',
    '',
    'kubectl kubeos COMMAND --help has examples.',
    '',
  ].join('\n');
}

function commandHelp(command: CommandName): string {
  const { usage, summary, details, options, examples } = textOf(command);
  return [
    `Usage: ${`kubectl kubeos ${command} ${usage}`.trimEnd()} [OPTION...]`,
    '',
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    '',
    details,
    '',
    ...(options.length === 0 ? [] : [...optionLines('Options:', options), '']),
    ...optionLines('Options of every command:', commonOptions),
    '',
    'Examples:',
    ...examples.flatMap(exampleLines),
    '',
  ].join('\n');
}

function exampleLines({ what, line }: Example): readonly string[] {
  return [`  # ${what}`, `  ${line}`];
}

function optionLines(title: string, names: readonly OptionName[]): readonly string[] {
  const rows = names.map((name) => ({ words: optionWords(name), text: optionTexts[name].text }));
  const width = Math.max(...rows.map(({ words }) => words.length));
  return [title, ...rows.map(({ words, text }) => `  ${words.padEnd(width)}  ${text}`)];
}

/** How an option is typed: `-n, --namespace NAME`. */
function optionWords(name: OptionName): string {
  const option: OptionText = optionTexts[name];
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  return `${short}--${name}${option.value === undefined ? '' : ` ${option.value}`}`;
}
