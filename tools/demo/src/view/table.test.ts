import { describe, expect, it } from '@jest/globals';

import type { Row } from './rows.ts';
import { renderLine, renderTable } from './table.ts';

const row: Row = {
  node: 'node-1',
  runs: 'A KubeOS 1',
  slotA: 'KubeOS 1 good',
  slotB: 'KubeOS 2 trial',
  cluster: 'Ready, cordoned',
  pods: '0',
  now: 'upgrade: Confirm',
};

describe('the table', () => {
  it('gives each column the width of its widest cell', () => {
    expect(renderTable([row, { ...row, runs: 'booting', now: '' }], 200)).toEqual([
      'NODE    RUNS        SLOT A         SLOT B          CLUSTER          PODS  NOW',
      'node-1  A KubeOS 1  KubeOS 1 good  KubeOS 2 trial  Ready, cordoned  0     upgrade: Confirm',
      'node-1  booting     KubeOS 1 good  KubeOS 2 trial  Ready, cordoned  0',
    ]);
  });

  it('is cut at the width of the terminal, which would break its lines', () => {
    expect(renderTable([row], 10)).toEqual(['NODE    RU', 'node-1  A ']);
  });

  it('becomes a sentence for each row where there is no terminal', () => {
    expect(renderLine(row)).toBe(
      'node-1 runs A KubeOS 1 | A KubeOS 1 good, B KubeOS 2 trial | Ready, cordoned, 0 pods | upgrade: Confirm',
    );
    expect(renderLine({ ...row, now: '' })).not.toContain('Confirm');
  });
});
