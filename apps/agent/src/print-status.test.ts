import { describe, expect, it } from '@jest/globals';
import { fullAgentStatus, leanAgentStatus } from '@kubeos/testing';
import { printStatus } from './print-status.ts';

describe('status in words', () => {
  it('says what runs, what is in the slots, what failed and what to do', () => {
    expect(printStatus(fullAgentStatus))
      .toBe(`This node runs KubeOS 1 from slot A: it is the confirmed one.

  slot A  KubeOS 1                 good, running now
  slot B  KubeOS 2                 verified, never confirmed

Operation 7 (upgrade to KubeOS 2): Activate has ended, Returned.
Last failure (operation 6, NO_AGENT): Slot B holds no agent
  boot attempts used: 3
  last stage reached: kernel
  its journal is in: os-agent status -o json
Warning: PERSIST is full (PersistFull)
This node is held: the cluster leaves it alone until "os-agent release".
`);
  });

  it('says what it does not know', () => {
    expect(printStatus(leanAgentStatus)).toContain(
      'This node runs KubeOS 1 from neither slot: the boot loader did not say why.',
    );
    expect(printStatus(leanAgentStatus)).toContain('No operation is on record.');
  });

  it('says how far a running phase has come', () => {
    const text = printStatus({
      ...leanAgentStatus,
      operation: {
        id: 'x',
        seq: 3,
        type: 'upgrade',
        phase: 'Prepare',
        state: 'Running',
        progress: { step: 'Writing', bytesDone: 2 ** 20, bytesTotal: 2 ** 22 },
      },
    });
    expect(text).toContain('Operation 3 (upgrade): Prepare is going on, Writing 1 of 4 MiB.');
  });

  it('tells how to keep a system that is on trial', () => {
    const text = printStatus({
      ...leanAgentStatus,
      bootedSlot: 'B',
      bootWhy: 'trial',
      slots: { A: { state: 'good' }, B: { state: 'trial' } },
    });
    expect(text).toContain('Keep it with "os-agent confirm".');
  });
});
