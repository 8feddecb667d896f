import { commandTexts, helpText, textOf, type CommandName } from '@kubeos/kubectl-kubeos';
import { generated } from './markdown.ts';

/** The reference page of `kubectl kubeos`: its help texts. */
export function pluginPage(): string {
  const names = Object.keys(commandTexts) as CommandName[];
  return [
    generated(),
    '# kubectl kubeos\n\nWhat `kubectl kubeos --help` says, and the help of each command. How it is installed and used:\n[the guide](../guides/kubectl-plugin.md).\n',
    `\`\`\`text\n${helpText()}\`\`\`\n`,
    ...names.map(
      (name) =>
        `## ${name}\n\n${firstUpper(textOf(name).summary)}.\n\n\`\`\`text\n${helpText(name)}\`\`\`\n`,
    ),
  ].join('\n');
}

function firstUpper(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
