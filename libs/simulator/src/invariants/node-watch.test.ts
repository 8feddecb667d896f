import { expect, it } from '@jest/globals';
import { freshVars, newBlock } from '@kubeos/core';
import { Disk } from '../node/disk.ts';
import { anImage } from '../node/images.ts';
import type { Session } from '../node/machine.ts';
import { NodeWatch } from './node-watch.ts';
import type { InvariantName } from './violation.ts';

it('sees that the way back is gone while the candidate still works', () => {
  const broken: InvariantName[] = [];
  const image = anImage('new', 'KubeOS 2');
  const session: Session = {
    bootId: 'boot-2',
    slot: 'B',
    why: 'trial',
    image,
    startedMs: 0,
    rebooting: false,
    reached: true,
    kernel: new Map(),
  };
  const disk: Disk = new Disk({
    slotWritten: (slot) => watch.slotWritten(slot),
    bootBlockWritten: (before, after) => watch.bootBlockWritten(before, after),
    settingsWritten: () => undefined,
  });
  const watch = new NodeWatch({
    node: 'node-0',
    disk: () => disk,
    session: () => session,
    operation: () => undefined,
    isConfirmedByHand: () => false,
    whatIsMissing: () => undefined,
    report: (invariant) => void broken.push(invariant),
  });
  disk.fillSlot('A', anImage('old', 'KubeOS 1'));
  disk.fillSlot('B', image);
  const slots = { A: 'good', B: 'trial' } as const;
  disk.replaceBootBlock(
    newBlock({ ...freshVars('A', 1), order: ['B', 'A'], left: { A: 0, B: 3 }, slots }),
  );
  expect(broken).toEqual([]);
  disk.writeSlot('A', { kind: 'headless' });
  expect(broken).toEqual(['AlwaysBootable']);
});
