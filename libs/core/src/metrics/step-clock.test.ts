import { describe, expect, it } from '@jest/globals';
import type { Operation, Phase } from '../api/operation.ts';
import type { OsInstance } from '../api/os-instance.ts';
import type { Now } from '../ports/clock.ts';
import { aConfig, aNode, anInstance, anOperation, digestOne } from '../rollout/fleet.fixture.ts';
import { StepClock } from './step-clock.ts';
import { operationSteps, stepOf } from './step.ts';

const node = aNode('n');
const idle = anInstance(node);
const startMs = Date.parse('2026-06-01T12:00:00Z');
const at = (seconds: number): Now => ({
  wallMs: startMs + seconds * 1000,
  monotonicMs: 1_000_000 + seconds * 1000,
});

function inPhase(phase: Phase, seq = 1): OsInstance {
  return anInstance(node, { spec: { operation: anOperation(node, { phase, seq }) } });
}

const prepared = anInstance(node, {
  spec: {
    operation: anOperation(node, {
      target: { version: 'KubeOS 2', slot: 'B', slotDigest: digestOne },
    }),
  },
});

/** In this phase, with a condition that turned at 12:00. */
function since(
  operation: Operation | Phase,
  type: string,
  status: 'True' | 'False' = 'True',
  lastTransitionTime = '2026-06-01T12:00:00Z',
): OsInstance {
  const condition = { reason: 'R', message: '', lastTransitionTime };
  const open = typeof operation === 'string' ? anOperation(node, { phase: operation }) : operation;
  return anInstance(node, {
    spec: { operation: open },
    status: {
      conditions: [
        { ...condition, type: 'UpToDate', status: 'True' },
        { ...condition, type, status },
      ],
    },
  });
}

/** Open operations, whatever they are at. */
function openIn(clock: StepClock): number {
  const types = ['upgrade', 'rollback', 'config'] as const;
  return types
    .flatMap((type) => operationSteps.map((step) => clock.count(type, step)))
    .reduce((sum, count) => sum + count, 0);
}

describe('the step of an operation', () => {
  it.each([
    ['Prepare', 'prepare'],
    ['Drain', 'drain'],
    ['Before', 'settings'],
    ['Activate', 'reboot'],
    ['After', 'confirm'],
    ['Confirm', 'confirm'],
    ['Cancel', 'cancel'],
    ['GiveBack', 'giveback'],
  ] as const)('in phase %s is %s', (phase, step) => {
    expect(stepOf(anOperation(node, { phase }))).toBe(step);
  });

  it('is the wait for its turn once the node is prepared', () => {
    expect(prepared.spec.operation).toBeDefined();
    expect(prepared.spec.operation && stepOf(prepared.spec.operation)).toBe('wait');
  });
});

describe('the clock of steps', () => {
  it('tells each step once, when the next one is seen', () => {
    const clock = new StepClock();
    const course: readonly (readonly [number, OsInstance])[] = [
      [0, inPhase('Prepare')],
      [4, inPhase('Prepare')],
      [10, prepared],
      [40, inPhase('Drain')],
      [45, inPhase('Activate')],
      [105, inPhase('After')],
      [130, inPhase('Confirm')],
      [135, inPhase('GiveBack')],
      [136, idle],
      [137, idle],
    ];
    let before = idle;
    const ended = course.flatMap(([seconds, after]) => {
      const step = clock.see('n', before, after, at(seconds));
      before = after;
      return step ?? [];
    });
    expect(ended.map(({ step, seconds }) => [step, seconds])).toEqual([
      ['prepare', 10],
      ['wait', 30],
      ['drain', 5],
      ['reboot', 60],
      ['confirm', 30],
      ['giveback', 1],
    ]);
  });

  it('tells apart the same step of two operations', () => {
    const clock = new StepClock();
    clock.see('n', idle, inPhase('Drain', 1), at(0));
    const ended = clock.see('n', inPhase('Drain', 1), inPhase('Drain', 2), at(7));
    expect(ended).toEqual({ type: 'upgrade', step: 'drain', seconds: 7 });
  });

  it.each([
    ['Drain', 'Admitted', 'True', 'drain'],
    ['Before', 'Drained', 'True', 'settings'],
    ['Activate', 'Drained', 'True', 'reboot'],
    ['After', 'RebootPending', 'False', 'confirm'],
  ] as const)('counts %s that it did not see begin from %s turning %s', (phase, type, to, step) => {
    const clock = new StepClock();
    const first = since(phase, type, to);
    clock.see('n', undefined, first, at(90));
    expect(clock.oldest(at(90).monotonicMs)[step]).toBe(90);
    expect(clock.see('n', first, idle, at(100))).toEqual({
      ...{ type: 'upgrade', step, seconds: 100 },
    });
  });

  it('counts the wait for a turn from the moment at which the slot was ready', () => {
    const { operation = anOperation(node) } = prepared.spec;
    const clock = new StepClock();
    clock.see('n', undefined, since(operation, 'Prepared'), at(30));
    expect(clock.oldest(at(30).monotonicMs).wait).toBe(30);
  });

  it.each([
    ['which tells no condition', inPhase('Prepare')],
    ['whose condition has no time', since('Drain', 'Admitted', 'True', 'soon')],
    ['whose condition has not turned', since('Drain', 'Admitted', 'False')],
    ['whose condition is of another step', since('Drain', 'Drained')],
    [
      'whose condition is of a slot that it keeps',
      since(aConfig(node, { phase: 'After', disruption: 'restart' }), 'RebootPending', 'False'),
    ],
  ])('does not count a step that it did not see begin and %s', (_what, instance) => {
    const clock = new StepClock();
    clock.see('n', undefined, instance, at(0));
    expect(openIn(clock)).toBe(1);
    expect(clock.see('n', instance, idle, at(9))).toBeUndefined();
  });

  it('takes a condition from the future for one of now', () => {
    const clock = new StepClock();
    clock.see('n', undefined, since('Drain', 'Admitted'), at(-50));
    expect(clock.oldest(at(-50).monotonicMs).drain).toBe(0);
  });

  it('forgets a node that is gone', () => {
    const clock = new StepClock();
    clock.see('n', idle, inPhase('Drain'), at(0));
    clock.see('n', inPhase('Drain'), undefined, at(1));
    expect(openIn(clock)).toBe(0);
  });

  it('counts what is open and tells the oldest of each step', () => {
    const clock = new StepClock();
    clock.see('a', idle, inPhase('Drain'), at(0));
    clock.see('b', idle, inPhase('Drain'), at(5));
    clock.see('c', idle, inPhase('Activate'), at(6));
    expect(clock.count('upgrade', 'drain')).toBe(2);
    expect(clock.count('upgrade', 'reboot')).toBe(1);
    expect(clock.count('config', 'drain')).toBe(0);
    expect(clock.oldest(at(10).monotonicMs)).toMatchObject({ prepare: 0, drain: 10, reboot: 4 });
  });
});
