import { describe, expect, it } from '@jest/globals';
import { commandsPage, variablesOf } from './commands-page.ts';

describe('the page of command lines', () => {
  it('has the help of every program', () => {
    const page = commandsPage();
    for (const name of ['os-operator', 'os-proxy', 'os-agent', 'kbimg']) {
      const section = page.split(`\n## ${name}\n`)[1] ?? '';
      expect(section.split('```text\n')[1]).toMatch(new RegExp(`^Usage: ${name} `));
    }
  });

  it('tells which variables stand for options', () => {
    expect(commandsPage()).toContain('| os-operator | `POD_NAMESPACE` | `--namespace` |');
    expect(commandsPage()).toContain('| os-proxy | `NODE_NAME` | `--node-name` |');
  });
});

describe('the variables of a help text', () => {
  it('are found wherever they stand in the description of their option', () => {
    const help = `Usage: x [OPTION...]

Options:
  -n, --name NAME  short [NAME]
  --label KEY=VALUE    a description that takes
                       two lines [THE_LABEL]
  --plain              without one
`;
    expect(variablesOf(help)).toEqual([
      { name: 'NAME', option: '--name' },
      { name: 'THE_LABEL', option: '--label' },
    ]);
  });
});
