import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { holdAnnotation, serialLabel } from '../api/names.ts';
import { anOs, aSpec, facts } from './fleet.fixture.ts';
import {
  done,
  exhausted,
  failed,
  lookAt,
  prepared,
  preparing,
  tried,
  working,
} from './fleet-nodes.fixture.ts';
import type { NodeFacts } from './standing.ts';

const inBatch = { labels: { [serialLabel]: '' } };
const kinds: readonly ((name: string) => NodeFacts)[] = [
  (name) => facts(name),
  (name) => facts(name, inBatch),
  (name) => facts(name, { ready: false }),
  (name) => prepared(name),
  (name) => prepared(name, inBatch),
  (name) => prepared(name, { annotations: { [holdAnnotation]: '' } }),
  (name) => prepared(name, { unschedulable: true }),
  (name) => tried(name),
  preparing,
  working,
  done,
  failed,
  exhausted,
];

const fleets = fc
  .array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 12 })
  .map((made) => made.map((make, index) => make(`n${String(index).padStart(2, '0')}`)));

const specs = fc
  .record({
    canary: fc.constantFrom({ count: 0 }, { count: 1 }, { percent: 50 }),
    executionMode: fc.constantFrom('serial' as const, 'parallel' as const),
    maxFailures: fc.constantFrom(1, 9),
    maxUnavailable: fc.constantFrom({ count: 0 }, { count: 1 }, { count: 9 }),
    paused: fc.boolean(),
  })
  .map((changes) => aSpec(changes));

const circumstances = fc.record({
  passedOver: fc.subarray(['n00', 'n01', 'n02', 'n03']),
  cacheIsCurrent: fc.boolean(),
});

describe('the report of any fleet', () => {
  it('names what is waited for until every node is updated', () => {
    fc.assert(
      fc.property(specs, fleets, circumstances, (spec, nodes, about) => {
        const { status, conditions } = lookAt(anOs({ spec }), nodes, about).report;
        const ready = conditions.find(({ type }) => type === 'Ready');
        expect(status.message).not.toBe('');
        expect(ready?.reason).not.toBe('NodesNotUpdated');
      }),
    );
  });

  it('has every node either updated, at work or waiting for one reason', () => {
    fc.assert(
      fc.property(specs, fleets, circumstances, (spec, nodes, about) => {
        const { status } = lookAt(anOs({ spec }), nodes, about).report;
        const { updated = 0, working: atWork = 0, waiting = [] } = status;
        const writing = nodes.filter(({ instance }) => {
          const operation = instance?.spec.operation;
          return operation?.phase === 'Prepare' && operation.target.slot === undefined;
        });
        const waits = waiting.reduce((sum, { count }) => sum + count, 0);
        expect(updated + atWork + writing.length + waits).toBe(nodes.length);
      }),
    );
  });
});
