import { helpText as agentHelp } from '@kubeos/agent';
import { helpText as kbimgHelp } from '@kubeos/kbimg';
import { helpText as operatorHelp } from '@kubeos/operator';
import { helpText as proxyHelp } from '@kubeos/proxy';
import { cell, generated, table } from './markdown.ts';

/** A program and what its `--help` says. */
interface Program {
  readonly name: string;
  readonly help: string;
  /** What a reader looks for next, as Markdown. */
  readonly see: string;
}

const programs: readonly Program[] = [
  {
    name: 'os-operator',
    help: operatorHelp,
    see: 'The chart sets what it needs: [values](../../charts/kubeos/README.md#values).',
  },
  {
    name: 'os-proxy',
    help: proxyHelp,
    see: 'The chart sets what it needs: [values](../../charts/kubeos/README.md#values).',
  },
  {
    name: 'os-agent',
    help: agentHelp,
    see: 'Its units, its configuration file and its environment: [os-agent](../../apps/agent/README.md).',
  },
  {
    name: 'kbimg',
    help: kbimgHelp,
    see: 'The recipe: [kbimg.toml](kbimg-toml.md). How it is used: [Images of nodes](../guides/images.md).',
  },
];

/** An option that a variable of the environment can stand for. */
interface Variable {
  readonly name: string;
  readonly option: string;
}

/** The reference page of the programs: their help texts, and what the environment can say in place of options. */
export function commandsPage(): string {
  return [
    generated(),
    '# Command lines\n\nWhat `--help` of each program says. The plugin of kubectl has [a page of its own](kubectl-kubeos.md).\n',
    '## Environment\n\nA variable counts where its option is not given.\n',
    table(
      ['Program', 'Variable', 'In place of'],
      programs.flatMap(({ name, help }) =>
        variablesOf(help).map((one) => [name, `\`${one.name}\``, `\`${cell(one.option)}\``]),
      ),
    ),
    'Exit statuses follow the kind of the failure: [Errors](errors.md#kinds).\n',
    ...programs.map(({ name, help, see }) => `## ${name}\n\n${see}\n\n\`\`\`text\n${help}\`\`\`\n`),
  ].join('\n');
}

/** The names in brackets, each with the option in whose description it stands. */
export function variablesOf(help: string): readonly Variable[] {
  const options = help.split(/\n(?= {2}-)/u).slice(1);
  return options.flatMap((text) => {
    const option = /--[a-z-]+/u.exec(text)?.[0];
    const name = /\[([A-Z_]+)\]/u.exec(text)?.[1];
    return option === undefined || name === undefined ? [] : [{ name, option }];
  });
}
