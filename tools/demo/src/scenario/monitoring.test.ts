import { readFile } from 'node:fs/promises';

import { describe, expect, it } from '@jest/globals';
import { alertsFile } from '@kubeos/chart';
import { parse } from 'yaml';

import { figuresOf } from './monitoring.ts';

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string }[] }[];
}

const groups = figuresOf(['node-1', 'node-2']);
const figures = Object.assign({}, ...Object.values(groups)) as (typeof groups)[string];
const expressions = Object.values(figures).map(({ expression }) => expression);

describe('the figures of a run', () => {
  it('ask only for alerts that the chart has', async () => {
    const { groups: all } = parse(await readFile(alertsFile, 'utf8')) as Rules;
    const known = all.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    const asked = expressions.join(' ').match(/KubeOS\w+/gu) ?? [];
    expect(asked.length).toBeGreaterThan(0);
    expect(known).toEqual(expect.arrayContaining([...new Set(asked)]));
  });

  it('are those of all nodes where all have to get there, and of the first where one fails', () => {
    const values = Object.entries(figures).map(([about, { value }]) => `${about} ${value}`);
    expect(values).toEqual(
      expect.arrayContaining([
        'upgrades succeeded 2',
        'upgrades failed 1',
        'operator and proxies 3',
        'with a failed boot of node-1 1',
      ]),
    );
    expect(expressions).toContain(
      'sum(kubeos_operations_finished_total{type="upgrade",result="Failed"})',
    );
  });
});
