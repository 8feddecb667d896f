/** Words for the shell: kubectl asks `kubectl_complete-kubeos`, and that asks us. */
import { isControlPlane, parseOs } from '@kubeos/core';
import { listObjects, nodePath, osCollectionOf, parseNode, type ApiClient } from '@kubeos/kube';
import { commandTexts, isCommand, textOf, type CommandName } from '../texts/commands.ts';
import { commonOptions, optionTexts, type OptionName, type OptionText } from '../texts/options.ts';

/** What `completion` prints. */
export const completionProgram = `#!/bin/sh
# kubectl starts this for the words of kubectl kubeos.
exec kubectl-kubeos __complete "$@"
`;

/**
 * How a shell goes on, in the words of cobra: 4 forbids the names of files, 0 allows them, 1 says that something failed.
 * https://github.com/spf13/cobra/blob/main/site/content/completions/_index.md
 */
const directives = { error: 1, files: 0, noFiles: 4 } as const;

/** Where names come from. */
export interface NameSource {
  readonly api: ApiClient;
  readonly namespace: string;
}

/** The words that can stand in the last place, with what the shell does about them, in the form that kubectl reads. */
export async function complete(
  words: readonly string[],
  connect: (words: readonly string[]) => NameSource,
): Promise<string> {
  const begun = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const option = optionBefore(before);
  if (option !== undefined) return told(valuesOf(option), begun, isFile(option));
  const command = commandIn(before);
  if (command === undefined && !begun.startsWith('-')) {
    return told(
      Object.entries(commandTexts).map(([name, { summary }]) => `${name}\t${summary}`),
      begun,
    );
  }
  if (command !== undefined && !isCommand(command)) return told([], begun);
  if (begun.startsWith('-')) return told(optionWordsOf(command), begun);
  return command === undefined
    ? told([], begun)
    : told(await namesFor(command, connect(before)), begun);
}

function told(candidates: readonly string[], begun: string, files = false): string {
  const lines = candidates.filter((word) => word.startsWith(begun));
  const directive = files ? directives.files : directives.noFiles;
  return [...lines, `:${String(directive)}`, ''].join('\n');
}

/** What is told when the cluster cannot be asked. */
export const completionFailed = `:${String(directives.error)}\n`;

/** The first word that is neither an option nor the value of one. */
function commandIn(words: readonly string[]): string | undefined {
  return words.find(
    (word, index) => !word.startsWith('-') && optionBefore(words.slice(0, index)) === undefined,
  );
}

/** The option that the last word is the value of. */
function optionBefore(words: readonly string[]): OptionName | undefined {
  const last = words.at(-1) ?? '';
  const names = Object.keys(optionTexts) as OptionName[];
  return names.find((name) => {
    const option: OptionText = optionTexts[name];
    return option.type === 'string' && (last === `--${name}` || last === `-${option.short ?? '-'}`);
  });
}

function valuesOf(option: OptionName): readonly string[] {
  if (option === 'output') return ['json', 'yaml', 'wide'];
  return option === 'dry-run' ? ['client', 'server'] : [];
}

function isFile(option: OptionName): boolean {
  return option === 'filename' || option === 'kubeconfig';
}

function optionWordsOf(command: CommandName | undefined): readonly string[] {
  const own = command === undefined ? [] : textOf(command).options;
  return [...own, ...commonOptions].map((name) => `--${name}\t${optionTexts[name].text}`);
}

/** Which names stand behind each command. */
const nameKinds: Readonly<Record<CommandName, readonly ('node' | 'os')[]>> = {
  status: ['os'],
  explain: ['node', 'os'],
  plan: ['os'],
  diff: ['node', 'os'],
  history: ['node', 'os'],
  pause: ['os'],
  resume: ['os'],
  hold: ['node'],
  unhold: ['node'],
  retry: ['node'],
  rollback: ['os'],
  completion: [],
};

async function namesFor(
  command: CommandName,
  { api, namespace }: NameSource,
): Promise<readonly string[]> {
  const lists = nameKinds[command].map((kind) =>
    kind === 'os'
      ? listObjects(api, osCollectionOf(namespace), (raw) => parseOs(raw).name)
      : listObjects(api, nodePath(), (raw) => {
          const node = parseNode(raw);
          return isControlPlane(node) ? '' : node.name;
        }),
  );
  return (await Promise.all(lists)).flat().filter((name) => name !== '');
}
